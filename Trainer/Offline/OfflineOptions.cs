// A stage of training on given pairs as its recipe says it.
namespace Majlis.Trainer.Offline;

public sealed record OfflineOptions : PairStageOptions;
