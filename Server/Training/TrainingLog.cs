// Every log line about the trainer beside the server. Its own lines hold no users' text.
namespace Majlis.Server.Training;

static partial class TrainingLog
{
    [LoggerMessage(301, LogLevel.Information, "trainer: {Line}")]
    public static partial void TrainerSays(this ILogger log, string line);

    [LoggerMessage(302, LogLevel.Warning, "trainer: {Line}")]
    public static partial void TrainerComplains(this ILogger log, string line);

    [LoggerMessage(303, LogLevel.Information, "The trainer runs beside the server, as process {Process}.")]
    public static partial void TrainerRuns(this ILogger log, int process);

    [LoggerMessage(304, LogLevel.Warning, "The trainer ended ({End}) and is started again in {Seconds} s.")]
    public static partial void TrainerEnded(this ILogger log, string end, double seconds);

    [LoggerMessage(305, LogLevel.Error, "The trainer refuses its options, as its lines above say, and is not started again.")]
    public static partial void TrainerOptionsWrong(this ILogger log);
}
