// Photos made small before they are sent: a village's network is slow, and the place they were taken at stays here.
const LONGEST = 1600;
const SMALL_BYTES = 400_000;

async function shrunk(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
  return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
}

// What cannot be drawn here is sent as it is: the server says what is wrong with it.
async function prepared(file) {
  try {
    const small = await shrunk(file);
    return { file: file.size > SMALL_BYTES || !/jpe?g|png|webp/.test(file.type) ? small : file, seen: true };
  } catch {
    return { file, seen: false };
  }
}

function thumb(box, photo, onRemove) {
  const item = document.createElement("li");
  if (photo.seen) {
    const image = document.createElement("img");
    image.src = URL.createObjectURL(photo.file);
    image.alt = photo.file.name;
    item.append(image);
  } else {
    item.append(Object.assign(document.createElement("p"), { textContent: photo.file.name }));
  }
  const remove = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
  remove.ariaLabel = `${box.dataset.remove} ${photo.file.name}`;
  remove.addEventListener("click", onRemove);
  item.append(remove);
  return item;
}

export function takePhotos(box) {
  const input = box.querySelector("input[type=file]");
  const output = box.querySelector("output");
  const thumbs = box.querySelector(".thumbs");
  const most = Number(box.dataset.most);
  const photos = [];

  const show = () => {
    thumbs.hidden = !photos.length;
    thumbs.replaceChildren(
      ...photos.map((photo, at) =>
        thumb(box, photo, () => {
          photos.splice(at, 1);
          show();
        }),
      ),
    );
    if (output) output.textContent = photos.length >= most ? box.dataset.full.replace("{n}", String(most)) : "";
  };
  input.addEventListener("change", async () => {
    const chosen = [...input.files];
    input.value = "";
    for (const file of chosen) if (photos.length < most) photos.push(await prepared(file));
    show();
  });
  return { name: input.name, files: () => photos.map((photo) => photo.file) };
}
