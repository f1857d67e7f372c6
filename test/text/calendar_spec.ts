import assert from "node:assert/strict";
import { guessDateOrder, looksLikeDate, readStamp } from "../../src/text/date-format";
import { lines, read, time } from "../table/reading";

describe("dates by other calendars", () => {
  for (const text of ["02/03/2569", "2/3/2569", "๐๒/๐๓/๒๕๖๙", "2 มี.ค. 2569", "2 มีนาคม 2569", "2 มีนาคม พ.ศ. 2569", "2 มี.ค. 69", "2569-03-02", "令和8年3月2日", "令8.3.2", "R8.3.2", "R08/03/02", "令和 8年 3月 2日", "平成38年3月2日", "㋿8年3月2日", "民國115年3月2日", "115/03/02"]) // biome-ignore format: one line
    it(`${text} is 2 March 2026`, () => {
      const { order } = guessDateOrder([text]);
      const at = (clock: string) => new Date(readStamp(`${text}${clock}`, order)?.wall ?? 0).toISOString();
      assert.deepEqual([at(""), at(" 06:30")], ["2026-03-02T00:00:00.000Z", "2026-03-02T06:30:00.000Z"]);
    });

  it("hours in Thai, the first year of an era, the leap day that only the Gregorian year has", () => {
    assert.equal(readStamp("2 มี.ค. 2569 เวลา 06:30 น.", "dmy")?.wall, Date.UTC(2026, 2, 2, 6, 30));
    assert.equal(readStamp("令和元年5月1日", "ymd")?.wall, Date.UTC(2019, 4, 1));
    assert.equal(readStamp("29/02/2567", "dmy")?.wall, Date.UTC(2024, 1, 29));
    assert.equal(readStamp("29/02/2568", "dmy"), undefined);
  });

  it("are none where letters only look so", () => {
    assert.deepEqual(["S60.3.2", "ก 12", "2 เครื่อง 2569", "TI 8.3.2"].filter(looksLikeDate), []);
  });

  it("are the times of a table, also with the year in a column of its own", () => {
    const thai = read(
      `เวลา,T\n${lines(40, (i) => `${i < 9 ? "0" : ""}${(i % 28) + 1}/0${i < 28 ? 2 : 3}/2567,${i}.5`)}`,
    );
    assert.deepEqual([time(thai, 0), time(thai, 39)], ["2024-02-01T00:00:00.000Z", "2024-03-12T00:00:00.000Z"]);
    const parts = read(`Year,Month,Day,Hour,T\n${lines(20, (i) => `2569,3,2,${i},${i}.5`)}`);
    assert.equal(time(parts, 19), "2026-03-02T19:00:00.000Z");
  });
});
