// Photos made small before they are sent: a village's network is slow, and the place they were taken at stays here.
const LONGEST = 1600;

// Older browsers do not know the option, some know no bitmaps at all; they turn a photo upright when it is drawn.
async function drawable(file) {
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    if (!CSS.supports("image-orientation", "from-image")) throw new Error("it would be sent lying on its side");
    const image = new Image();
    image.src = URL.createObjectURL(file);
    try {
      await image.decode();
    } finally {
      URL.revokeObjectURL(image.src);
    }
    return image;
  }
}

async function shrunk(file) {
  const picture = await drawable(file);
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  if (picture instanceof ImageBitmap) picture.close();
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
  const named = Object.assign(document.createElement("p"), { textContent: photo.file.name });
  if (photo.seen) {
    const image = document.createElement("img");
    image.src = URL.createObjectURL(photo.file);
    image.alt = photo.file.name;
    image.addEventListener("error", () => image.replaceWith(named)); // one kept from an earlier visit
    item.append(image);
  } else {
    item.append(named);
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
      ...photos.map((photo) =>
        thumb(box, photo, () => {
          photos.splice(photos.indexOf(photo), 1);
          if (output) output.textContent = "";
          show();
          onChange();
        }),
      ),
    );
  };
  const add = async (chosen) => {
    let twice = false;
    await new Promise((done) => setTimeout(done)); // the field's own words come first
    for (const [at, file] of chosen.entries()) {
      if (photos.length >= most) break;
      if (output) output.textContent = box.dataset.preparing.replace("{n}", String(chosen.length - at));
      const photo = await prepared(file);
      const same = await Promise.all(photos.map((each) => isSame(each.file, photo.file)));
      if (same.some(Boolean)) twice = true;
      else photos.push(photo);
      show();
    }
    if (output) output.textContent = photos.length >= most ? box.dataset.full.replace("{n}", String(most)) : "";
    if (twice && output) output.textContent = box.dataset.twice;
    const unseen = photos.find((photo) => !photo.seen);
    if (unseen && output) output.textContent = box.dataset.unseen.replace("{name}", unseen.file.name);
    onChange();
  };
  let adding = Promise.resolve();
  input.addEventListener("change", () => {
    const chosen = [...input.files];
    input.value = "";
    adding = adding.then(() => add(chosen));
  });
  return {
    name: input.name,
    files: () => photos.map((photo) => photo.file),
    /** Resolves once every photo that was chosen is small: a form that is sent before would leave it behind. */
    ready: () => adding,
    put(files) {
      photos.splice(0, photos.length, ...files.map((file) => ({ file, seen: true })));
      show();
    },
  };
}
