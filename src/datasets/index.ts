/**
 * Judgements to data sets. In: a Project and an ExportPlan. Out: rows, a manifest, a card.
 * Knows nothing of VS Code or of how judgements are stored. Same project and plan give the same bytes.
 */
export {};
