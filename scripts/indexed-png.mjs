// A PNG of 256 colours at most: what a browser shows has few, and its own pictures are two to three times as large.
import { crc32, deflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * The same picture with the most frequent colours of it; each other one becomes the nearest of these.
 *
 * @param page of a browser, which decodes the picture
 * @param png  bytes of a PNG without transparency
 */
export async function indexedPng(page, png) {
  const { width, height, pixels } = await decoded(page, png);
  const counts = new Map();
  for (let i = 0; i < pixels.length; i += 4) {
    const colour = pixels.readUIntBE(i, 3);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const palette = [...counts.entries()].sort((a, b) => b[1] - a[1]).map(([colour]) => colour).slice(0, 256); // biome-ignore format: one line
  const index = new Map([...counts.keys()].map((colour) => [colour, nearest(palette, colour)]));
  const rows = Buffer.alloc(height * (width + 1)); // each begins with its filter: 0, none
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      rows[y * (width + 1) + 1 + x] = index.get(pixels.readUIntBE(4 * (y * width + x), 3));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3], 8); // bits an index, indexed colours; the rest is 0
  const colours = Buffer.alloc(3 * palette.length);
  for (const [i, colour] of palette.entries()) colours.writeUIntBE(colour, 3 * i, 3);
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("PLTE", colours),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

async function decoded(page, png) {
  const empty = await page.context().browser().newPage();
  try {
    const { width, height, pixels } = await empty.evaluate(
      async (source) => {
        const image = new Image();
        image.src = source;
        await image.decode();
        const { width, height } = image;
        const canvas = Object.assign(document.createElement("canvas"), { width, height });
        const context = canvas.getContext("2d");
        context.drawImage(image, 0, 0);
        const { data } = context.getImageData(0, 0, width, height);
        let binary = "";
        for (let i = 0; i < data.length; i += 8192) binary += String.fromCharCode(...data.subarray(i, i + 8192));
        return { width, height, pixels: btoa(binary) };
      },
      `data:image/png;base64,${png.toString("base64")}`,
    );
    return { width, height, pixels: Buffer.from(pixels, "base64") };
  } finally {
    await empty.close();
  }
}

function nearest(palette, colour) {
  const far = (a, b) => [16, 8, 0].reduce((sum, bits) => sum + (((a >> bits) & 255) - ((b >> bits) & 255)) ** 2, 0);
  let best = 0;
  for (let i = 1; i < palette.length; i++) if (far(palette[i], colour) < far(palette[best], colour)) best = i;
  return best;
}

function chunk(type, data) {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(named), 4);
  return Buffer.concat([frame.subarray(0, 4), named, frame.subarray(4)]);
}
