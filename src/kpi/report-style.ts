/** How the report looks on screen and paper. */
export const CSS = `
@page{size:A4;margin:12mm 13mm}
*{box-sizing:border-box}
body{overflow-wrap:break-word;margin:0 auto;max-width:186mm;padding:8mm 0;background:#fff;color:#1f2933;font:9.2pt/1.38 "Helvetica Neue",Arial,"Noto Sans","Hiragino Kaku Gothic ProN","Yu Gothic",Meiryo,"Noto Sans CJK JP",sans-serif;-webkit-print-color-adjust:exact;print-color-adjust:exact}
h1{margin:0;font-size:19pt;line-height:1.15}h2{margin:4mm 0 1mm;padding-bottom:.6mm;border-bottom:.4mm solid #0b5cad;font-size:11.5pt;color:#0b5cad}
p{margin:.8mm 0}.asset{font-size:12pt;font-weight:600}.note{color:#52606d;font-size:8.2pt}.missing{color:#9a3412}
.headline{margin:3mm 0 1.5mm;padding:2.5mm 3.5mm;border-left:1.2mm solid #0b5cad;background:#eef4fb;font-size:11.5pt;line-height:1.4;word-break:auto-phrase}
.tiles{display:grid;grid-template-columns:repeat(4,1fr);gap:2.5mm;margin:2.5mm 0}
.tile{padding:2mm 2.5mm;border:.2mm solid #cbd5e1;border-radius:1mm}
.tile b,.tile span,.tile i{display:block}.tile b{font-size:8pt;color:#52606d}.tile span{font-size:11pt;font-weight:700;line-height:1.35}.tile i{font-size:7.6pt;font-style:normal;color:#52606d}
figure{margin:1.5mm 0;break-inside:avoid}figcaption{font-size:8.6pt;font-weight:600}svg{display:block;width:100%;height:auto}
.axis{font-size:9px;fill:#52606d}.legend{font-size:10.5px;fill:#1f2933}.grid{stroke:#e2e8f0}.grid.zero{stroke:#64748b}.shade{fill:#f1f5f9}
table{width:100%;margin:1.5mm 0;border-collapse:collapse;font-size:8.5pt;break-inside:avoid}
th,td{padding:.7mm 1.4mm;border-bottom:.2mm solid #e2e8f0;text-align:right;vertical-align:top}
th:first-child,td.left,.list th,.money th:nth-child(2),.layer th{text-align:left}thead th{color:#52606d;font-size:7.8pt;font-weight:600;vertical-align:bottom}tbody th{font-weight:400}
.accuracy th{white-space:nowrap}.own th,.own td{font-weight:700;background:#eef4fb}.layer th{padding-top:1.6mm;font-weight:600;color:#0b5cad}.money tbody th{white-space:nowrap}.money td{white-space:nowrap}.money td.working{white-space:normal;font-size:7.9pt}
.factor{white-space:nowrap}em{padding:0 1mm;border-radius:.8mm;font-size:7pt;font-style:normal;font-weight:400}.measured{background:#dcfce7;color:#14532d}.assumed{background:#fef3c7;color:#78350f}
ul{margin:1mm 0;padding-left:4.5mm}li{margin:.3mm 0}
@media print{body{max-width:none;padding:0}.page{break-after:page}.page:last-child{break-after:auto}}
@media screen{.page+.page{margin-top:10mm}}
`.replaceAll("\n", "");
