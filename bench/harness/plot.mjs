import * as echarts from 'echarts';
import { median, rangeOf } from './statistics.mjs';

const WIDTH = 860;
const ROW_HEIGHT = 34;
const MARGINS = 120;
const INK = '#1c1917';
const COLOURS = { larder: '#c2410c', limit: '#a8a29e', peer: '#475569' };

const short = (value) => {
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en');
  return Number(value.toPrecision(3)).toString();
};

const colourOf = (name, { isLimit }) => {
  if (name === 'larder') return COLOURS.larder;
  return isLimit ? COLOURS.limit : COLOURS.peer;
};

/** From the least to the most of each case's rounds, and its median in words behind that. */
const whiskers = (rows) => ({
  type: 'custom',
  z: 3,
  data: rows.map(({ range: [low, high] }, at) => [low, high, at]),
  renderItem: (params, api) => {
    const [x1, y] = api.coord([api.value(0), api.value(2)]);
    const [x2] = api.coord([api.value(1), api.value(2)]);
    const line = (shape) => ({ type: 'line', shape, style: { stroke: INK, lineWidth: 1 } });
    const ends = [x1, x2].map((x) => line({ x1: x, x2: x, y1: y - 4, y2: y + 4 }));
    const text = short(rows[params.dataIndex].median);
    const label = { type: 'text', style: { text, x: x2 + 8, y, fill: INK, verticalAlign: 'middle', fontSize: 12 } };
    return { type: 'group', children: [line({ x1, x2, y1: y, y2: y }), ...ends, label] };
  },
});

/** An SVG of one figure of a table: a bar for each case, the best on top, whiskers over its rounds. */
export const plotOf = (table, figures) => {
  const figure = table.plotted ?? table.results[0].figure;
  const isMoreBetter = table.isMoreBetter ?? table.results[0].isMoreBetter ?? false;
  const rows = Object.entries(table.cases).map(([name, each]) => {
    const list = figures[name].map((round) => round[figure]);
    return { label: each.label, colour: colourOf(name, each), median: median(list), range: rangeOf(list) };
  });
  if (!table.isOrdered) rows.sort((a, b) => (isMoreBetter ? a.median - b.median : b.median - a.median));
  else rows.reverse();
  const least = Math.min(...rows.map(({ range }) => range[0]));
  const most = Math.max(...rows.map(({ range }) => range[1]));
  const isWide = least > 0 && most / least > 30;
  const chart = echarts.init(null, null, {
    renderer: 'svg',
    ssr: true,
    width: WIDTH,
    height: rows.length * ROW_HEIGHT + MARGINS,
  });
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: { fontFamily: 'sans-serif' },
    title: { text: table.title, subtext: `${table.figures[figure]}, ${isMoreBetter ? 'more' : 'less'} is better` },
    grid: { left: 200, right: 90, top: 70, bottom: 40 },
    xAxis: isWide ? { type: 'log', min: 10 ** Math.floor(Math.log10(least)) } : { type: 'value' },
    yAxis: { type: 'category', data: rows.map(({ label }) => label), axisTick: { show: false } },
    series: [
      {
        type: 'bar',
        barWidth: 16,
        data: rows.map(({ median: value, colour }) => ({ value, itemStyle: { color: colour } })),
      },
      whiskers(rows),
    ],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
};
