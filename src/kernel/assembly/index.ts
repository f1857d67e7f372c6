export * from "./adam";
export * from "./layer";
export * from "./least-squares";
export * from "./readout";
