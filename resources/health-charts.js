/** The two charts of forecast health, drawn by uPlot: what was forecast and what came, and the errors over time. */
(() => {
  /** Lines in the order of drawing: the column of the answer, its colour among the variables of health.css, and its dashes. */
  const FORECAST_LINES = [
    { column: "existing", colour: "existing", dash: [7, 3], width: 1.5 },
    { column: "frozen", colour: "frozen", dash: [9, 3, 2, 3], width: 1.5 },
    { column: "forecast", colour: "learner", width: 2.5 },
    { column: "actual", colour: "actual", width: 1.5 },
  ];
  const ERROR_LINES = [
    { column: "naive", colour: "naive", dash: [2, 3], width: 1.5 },
    { column: "existing", colour: "existing", dash: [7, 3], width: 1.5 },
    { column: "frozen", colour: "frozen", dash: [9, 3, 2, 3], width: 1.5 },
    { column: "learner", colour: "learner", width: 2.5 },
  ];
  const MINUTE = 60_000;
  const DAY = 86_400_000;

  /** Marks of the time axis are so far apart at least, ms: a second is the smallest that its text can tell. */
  const MARKS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 172800, 604800, 2592000, 31536000].map((seconds) => 1000 * seconds); // biome-ignore format: one line

  const isKnown = (column) => column?.some((value) => value !== null) ?? false;

  /** The time of a point as short as the span allows. */
  const timeFormat = (language, span) => {
    const second = span < 10 * MINUTE ? "2-digit" : undefined;
    const clock = { hour: "2-digit", minute: "2-digit", second, hourCycle: "h23" };
    const options = span < DAY ? clock : span < 5 * DAY ? { ...clock, month: "numeric", day: "numeric" } : { month: "numeric", day: "numeric" }; // biome-ignore format: one line
    const format = new Intl.DateTimeFormat(language, options);
    return (time) => format.format(time);
  };

  /**
   * A chart in an element: `draw(columns)` shows other data, `end()` takes it away.
   *
   * @param lines those that may be drawn; one of which nothing is known is left out
   * @param band whether the columns `lower` and `upper` are drawn as a band
   * @param fromZero whether the scale begins at zero, as errors do
   */
  const chart = (place, { lines, band, fromZero, say, language }) => {
    const canvas = place.querySelector(".forecast-health-canvas");
    const legend = place.querySelector(".forecast-health-legend");
    const readout = place.querySelector(".forecast-health-readout");
    const number = new Intl.NumberFormat(language, { maximumSignificantDigits: 4 });
    const colour = (name) => getComputedStyle(place).getPropertyValue(`--forecast-health-${name}`).trim();
    let plot;
    let drawn = "";
    let shown = [];

    const height = () => Math.round(Math.min(300, Math.max(170, canvas.clientWidth * 0.36)));

    /** What stands under the pointer, in words. */
    const read = (u) => {
      const i = u.cursor.idx;
      if (i === null || i === undefined) {
        readout.textContent = "";
        return;
      }
      const time = timeFormat(language, u.scales.x.max - u.scales.x.min)(u.data[0][i]);
      const values = shown.flatMap(({ column }, k) => {
        const value = u.data[k + 1][i];
        return value === null || value === undefined
          ? []
          : [`${say(`health.series.${column}`)} ${number.format(value)}`];
      });
      readout.textContent = [time, ...values].join(" · ");
    };

    const build = (data) => {
      plot?.destroy();
      const series = shown.map(({ colour: name, dash, width }) => ({
        stroke: () => colour(name),
        width,
        dash,
        spanGaps: true,
        points: {
          show: (u, i) => u.data[i].filter((value) => value !== null).length < 3,
          size: 5,
          fill: () => colour(name),
        },
      }));
      const limits = band
        ? [
            { width: 0, points: { show: false } },
            { width: 0, points: { show: false } },
          ]
        : [];
      const axis = {
        stroke: () => colour("faint"),
        grid: { stroke: () => colour("grid"), width: 1 },
        ticks: { show: false },
      };
      plot = new uPlot(
        {
          width: canvas.clientWidth,
          height: height(),
          ms: 1,
          padding: [8, canvas.clientWidth > 500 ? 28 : 14, 0, 0],
          legend: { show: false },
          cursor: { drag: { x: false, y: false }, points: { size: 6 } },
          scales: fromZero ? { y: { range: (_u, _min, max) => [0, (max || 1) * 1.08] } } : {},
          series: [{}, ...series, ...limits],
          bands: band ? [{ series: [series.length + 2, series.length + 1], fill: () => colour("band") }] : [],
          axes: [
            {
              ...axis,
              size: 30,
              space: canvas.clientWidth > 500 ? 80 : 62,
              incrs: MARKS,
              values: (u, splits) => splits.map(timeFormat(language, u.scales.x.max - u.scales.x.min)),
            },
            {
              ...axis,
              size: canvas.clientWidth > 500 ? 62 : 48,
              values: (_u, splits) => splits.map((value) => number.format(value)),
            },
          ],
          hooks: { setCursor: [read] },
        },
        data,
        canvas,
      );
      legend.replaceChildren(
        ...[...shown].reverse().map(({ column, colour: name }) => {
          const entry = document.createElement("span");
          entry.className = `forecast-health-line forecast-health-line-${name}`;
          entry.textContent = say(`health.series.${column}`);
          return entry;
        }),
      );
      if (band && isKnown(data.at(-1))) {
        const entry = document.createElement("span");
        entry.className = "forecast-health-line forecast-health-line-band";
        entry.textContent = say("health.series.band");
        legend.append(entry);
      }
    };

    const draw = (columns) => {
      const known = lines.filter(({ column }) => isKnown(columns[column]));
      const isEmpty = known.length === 0;
      place.classList.toggle("forecast-health-empty", isEmpty);
      if (isEmpty || canvas.clientWidth === 0) return;
      shown = known;
      const data = [columns.time, ...known.map(({ column }) => columns[column])];
      if (band) data.push(columns.lower, columns.upper);
      // With the band, which comes later than the first points, the legend has one entry more.
      const key = [...known.map(({ column }) => column), band && isKnown(columns.upper)].join();
      if (key !== drawn) build(data);
      else plot.setData(data);
      drawn = key;
    };

    const resized = new ResizeObserver(() => {
      if (plot && canvas.clientWidth > 0) plot.setSize({ width: canvas.clientWidth, height: height() });
    });
    resized.observe(canvas);
    const end = () => {
      resized.disconnect();
      plot?.destroy();
    };
    return { draw, end };
  };

  window.forecastHealth = window.forecastHealth ?? {};
  window.forecastHealth.forecastChart = (place, words) => chart(place, { lines: FORECAST_LINES, band: true, ...words });
  window.forecastHealth.errorChart = (place, words) => chart(place, { lines: ERROR_LINES, fromZero: true, ...words });
})();
