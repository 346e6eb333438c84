// A grammar that cannot be used. Knows no API.
namespace Majlis.Inference.Grammars;

/// <summary>The message is for the person who wrote the grammar: it names the construct and its place.</summary>
public sealed class GrammarException(string message) : Exception(message);
