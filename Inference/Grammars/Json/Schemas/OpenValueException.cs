// A value has several spellings where it must have one.
namespace Majlis.Inference.Grammars.Json.Schemas;

/// <summary>Caught where values are compared, which knows the place.</summary>
sealed class OpenValueException : Exception;
