// The reader of one stretch of an answer in which a model calls tools, from behind its opening mark on.
namespace Majlis.Text.Chat.ToolCalls;

/// <summary>Reads character by character, so that the boundaries of a stream's pieces make no difference.</summary>
interface ICallReader
{
    /// <summary>Reads the next character. False where it cannot belong to a call or to what stands between calls; then nothing of it
    /// is read, and the reader is not used again.</summary>
    bool Takes(char next);

    /// <summary>Whether other text may follow here.</summary>
    bool MayEnd { get; }

    /// <summary>A call is half-read, whether or not it turns out to be one.</summary>
    bool IsInCall { get; }

    /// <summary>The stretch has ended with the character that was read last.</summary>
    bool IsOver { get; }
}
