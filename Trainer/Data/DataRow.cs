// One row of training data and where it stands. Knows no form of rows.
using System.Text.Json.Nodes;

namespace Majlis.Trainer.Data;

/// <param name="Place">File and line, or file and row, for messages.</param>
/// <param name="Parse">Gives the row's members; may throw what its reader throws.</param>
public sealed record DataRow(string Place, Func<JsonObject> Parse);
