// A model file, a config or a catalogue entry that cannot be used. The message is for the person who named the file:
// it says which file, field or tensor, and what was expected.
namespace Majlis.Text;

/// <summary>Thrown when a file is not the model it claims to be. The message names the file and the place in it.</summary>
public sealed class ModelFormatException : Exception
{
    public ModelFormatException(string message) : base(message) { }

    public ModelFormatException(string message, Exception inner) : base(message, inner) { }
}
