/**
 * Judgements to data sets. In: a Project and an ExportPlan. Out: rows, provenance, a card and a manifest in a folder, and a
 * report of what was left out and why. Knows nothing of VS Code or of how judgements are stored.
 * The same project and plan give the same bytes; a data set is there whole or not at all.
 */
export { exportDatasets, type ExportOptions, type ExportReport, type FormatReport } from './exportDatasets.js';
export { planExport, type ExportPlan, type PlannedExport, type ProjectView } from './planExport.js';
export { verifyDataset, describeVerifyProblem, type VerifyProblem, type VerifyReport } from './verifyDataset.js';
export { formatIds, formatNamed, formats, isFormatId, type AnyFormat, type FormatId } from './formats/index.js';
export { describeDropped, dropReasons, type Dropped, type DropReason } from './dropped.js';
export { describeFinding, type Finding, type FindingCode } from './findings.js';
export { Manifest, manifestName, parseManifest, type FormatEntry } from './manifest.js';
export { nodeDisk, type DatasetDisk } from './datasetFolder.js';
