// How the answers to one request are read for calls. Data only.
using System.Collections.Immutable;

namespace Majlis.Text.Chat.ToolCalls;

/// <param name="Tools">The names of the offered tools. What calls another is text.</param>
/// <param name="OnlyFirst">The answer ends with its first call.</param>
public sealed record ToolReading(ToolFormat Format, ImmutableHashSet<string> Tools, bool OnlyFirst);
