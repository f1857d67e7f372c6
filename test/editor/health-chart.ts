/** What can be seen of the charts of forecast health: they are drawn on a canvas. */
import type { Page } from "playwright-core";

/** A number that stands for all dots of the first chart in the colour of the forecast: 0 where there is none. */
export function forecastDrawn(page: Page): Promise<number> {
  return page.evaluate(`(() => {
    const canvas = document.querySelector(".forecast-health-forecasts canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let sum = 0;
    for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 200 && data[i + 2] > data[i] + 60) sum = (sum * 31 + i) % 1e9;
    return sum;
  })()`);
}
