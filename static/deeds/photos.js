// Photos made small before they are sent: a village's network is slow, and the place they were taken at stays here.
const LONGEST = 1600;

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
    return { file: await shrunk(file), seen: true };
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

async function isSame(one, other) {
  if (one.size !== other.size) return false;
  const [here, there] = (await Promise.all([one.arrayBuffer(), other.arrayBuffer()])).map((bytes) => new Uint8Array(bytes));
  return here.every((byte, at) => byte === there[at]);
}

/** Let a form take photos; `onChange` is told whenever they are others. */
export function takePhotos(box, onChange) {
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
          onChange();
        }),
      ),
    );
    if (output) output.textContent = photos.length >= most ? box.dataset.full.replace("{n}", String(most)) : "";
  };
  input.addEventListener("change", async () => {
    const chosen = [...input.files];
    input.value = "";
    let twice = false;
    for (const file of chosen) {
      if (photos.length >= most) break;
      const photo = await prepared(file);
      const same = await Promise.all(photos.map((each) => isSame(each.file, photo.file)));
      if (same.some(Boolean)) twice = true;
      else photos.push(photo);
    }
    show();
    if (twice && output) output.textContent = box.dataset.twice;
    onChange();
  });
  return {
    name: input.name,
    files: () => photos.map((photo) => photo.file),
    put(files) {
      photos.splice(0, photos.length, ...files.map((file) => ({ file, seen: true })));
      show();
    },
  };
}
