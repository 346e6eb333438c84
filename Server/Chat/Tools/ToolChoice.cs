// What a request lets the model do with its tools. Data only.
using System.Collections.Immutable;

namespace Majlis.Server.Chat.Tools;

/// <param name="Tools">The tools that may be called; empty where none may.</param>
/// <param name="Must">The answer is nothing but calls.</param>
/// <param name="IsNamed">The request names the one function to call.</param>
public sealed record ToolChoice(ImmutableHashSet<string> Tools, bool Must, bool IsNamed = false);
