// Every log line of the store. None holds anybody's prompts, answers or votes.
using Microsoft.Extensions.Logging;

namespace Majlis.Feedback.Store;

static partial class FeedbackLog
{
    [LoggerMessage(101, LogLevel.Warning, "Votes are refused in {Folder}: {Reason}")]
    public static partial void NoRoom(this ILogger log, string folder, string reason);

    [LoggerMessage(102, LogLevel.Information, "There is room again on the volume of {Folder}: votes are taken.")]
    public static partial void RoomAgain(this ILogger log, string folder);

    [LoggerMessage(103, LogLevel.Error,
        "The embedded vote store cannot write and takes no votes; it starts again from its files as soon as there is room: {Reason}")]
    public static partial void Broken(this ILogger log, string reason);

    [LoggerMessage(104, LogLevel.Information, "The embedded vote store has started again from its files in {Folder}: votes are taken.")]
    public static partial void StartedAgain(this ILogger log, string folder);

    [LoggerMessage(105, LogLevel.Warning, "Other users of this machine may read votes: {Reason}")]
    public static partial void NotPrivate(this ILogger log, string reason);

    [LoggerMessage(106, LogLevel.Warning, "A new address is drawn for the embedded vote store: {Reason}")]
    public static partial void NewAddress(this ILogger log, string reason);
}
