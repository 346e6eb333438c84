// Every line that the server logs. No line holds users' text.
using Majlis.Inference;

namespace Majlis.Server.Operations;

static partial class ServerLog
{
    public static void SayWhatIsIgnored(this ILogger log, LoadedModel model)
    {
        if (!model.Defaults.Ignored.IsEmpty)
            log.UnknownEnds(model.Version, model.Network.Blueprint.VocabularySize - 1, string.Join(", ", model.Defaults.Ignored));
        if (model.Rounded is { } rounded) log.Rounded(model.Version, rounded);
    }

    [LoggerMessage(60, LogLevel.Warning, "Of {Version}: {What}.")]
    public static partial void Rounded(this ILogger log, string version, string what);

    [LoggerMessage(1, LogLevel.Error, "A request failed; the client was told {Id}.")]
    public static partial void RequestFailed(this ILogger log, string id, Exception failure);

    [LoggerMessage(2, LogLevel.Information,
        "Serving {Version} (weights {Hash}), context {Context} tokens, computed by {Backend}, on {Urls}.")]
    public static partial void Serving(
        this ILogger log, string version, string hash, int context, string? backend, string urls);

    [LoggerMessage(400, LogLevel.Information,
        "{Name} (weights {Hash}) makes vectors of {Size} numbers from up to {Most} tokens, computed by {Backend}.")]
    public static partial void Embeds(this ILogger log, string name, string hash, int size, int most, string? backend);

    [LoggerMessage(412, LogLevel.Information,
        "{Name} (weights {Hash}) scores texts of up to {Most} tokens, computed by {Backend}.")]
    public static partial void Scores(this ILogger log, string name, string hash, int most, string? backend);

    [LoggerMessage(401, LogLevel.Warning, "{File} cannot be read and is left out: {Reason}")]
    public static partial void DamagedRecord(this ILogger log, string file, string reason);

    [LoggerMessage(403, LogLevel.Information, "The adapter '{Name}' is served on {Version}, from {Folder}.")]
    public static partial void AdapterServed(this ILogger log, string name, string version, string folder);

    [LoggerMessage(404, LogLevel.Warning, "The adapter '{Name}' is not served on {Version}: {Reason}")]
    public static partial void AdapterLeftOut(this ILogger log, string name, string version, string reason);

    [LoggerMessage(405, LogLevel.Information, "A share of {Share} of all conversations tries {Version}, on {Live}.")]
    public static partial void TrialBegun(this ILogger log, string version, double share, string live);

    [LoggerMessage(406, LogLevel.Information, "The trial of {Version} has ended.")]
    public static partial void TrialEnded(this ILogger log, string version);

    [LoggerMessage(407, LogLevel.Error, "{Version} cannot be tried and {Live} answers all: {Reason}")]
    public static partial void TrialRefused(this ILogger log, string version, string live, string reason);

    [LoggerMessage(408, LogLevel.Information, "{Version} is loaded once the requests on {Live} have ended; new ones wait for it.")]
    public static partial void EndsFirst(this ILogger log, string version, string live);

    [LoggerMessage(411, LogLevel.Information, "{Live} goes on: the catalogue returned to it before {Version} was loaded.")]
    public static partial void DrainCancelled(this ILogger log, string live, string version);

    [LoggerMessage(409, LogLevel.Information, "{Version} is loaded and served again.")]
    public static partial void Restored(this ILogger log, string version);

    [LoggerMessage(410, LogLevel.Critical, "Nothing is served: {Version} does not open again either: {Reason}")]
    public static partial void NothingServed(this ILogger log, string version, string reason);

    [LoggerMessage(415, LogLevel.Error, "What clients keep cannot be written, and this is tried again: {Reason}")]
    public static partial void StoreNotWritten(this ILogger log, string reason);

    [LoggerMessage(416, LogLevel.Error, "A request was refused since the disk is full: {Reason}")]
    public static partial void NoRoom(this ILogger log, string reason);

    [LoggerMessage(402, LogLevel.Error, "The batch {Id} broke off, and goes on in a minute.")]
    public static partial void BatchBroken(this ILogger log, string id, Exception failure);

    [LoggerMessage(3, LogLevel.Information, "No keys are configured: listening on loopback only.")]
    public static partial void LoopbackOnly(this ILogger log);

    [LoggerMessage(4, LogLevel.Information, "Version {Version} is announced; loading and verifying it beside {Live}.")]
    public static partial void Loading(this ILogger log, string version, string live);

    [LoggerMessage(5, LogLevel.Information, "Swapped from {Old} to {New} (weights {Hash}), ready after {Milliseconds} ms.")]
    public static partial void Swapped(this ILogger log, string old, string @new, string hash, long milliseconds);

    [LoggerMessage(6, LogLevel.Error, "Version {Version} is refused and {Live} serves on: {Reason}")]
    public static partial void Refused(this ILogger log, string version, string live, string reason);

    [LoggerMessage(7, LogLevel.Error, "The catalogue cannot be read and {Live} serves on: {Reason}")]
    public static partial void CatalogUnreadable(this ILogger log, string live, string reason);

    [LoggerMessage(8, LogLevel.Information, "Shutting down: {Running} running requests may finish, and no further connection is taken.")]
    public static partial void Draining(this ILogger log, int running);

    [LoggerMessage(9, LogLevel.Information,
        "A request names tokens that {Version} has no logit for (its own are 0 to {Last}); ignored: {Unknown}.")]
    public static partial void UnknownTokens(this ILogger log, string version, int last, string unknown);

    [LoggerMessage(10, LogLevel.Warning,
        "The files of {Version} name tokens that it has no logit for (its own are 0 to {Last}); ignored: {Unknown}.")]
    public static partial void UnknownEnds(this ILogger log, string version, int last, string unknown);

    [LoggerMessage(11, LogLevel.Information,
        "Version {Version} is announced and waits until the requests are written that began on the version before {Live}.")]
    public static partial void Waits(this ILogger log, string version, string live);

    [LoggerMessage(12, LogLevel.Information, "{Version} answers at {Chat} (chat) and {Arena} (two answers to compare).")]
    public static partial void Pages(this ILogger log, Uri chat, Uri arena, string version);

    [LoggerMessage(13, LogLevel.Information,
        "The starter can: answer short questions from short documents with citations, keep to simple forms; in Arabic and English, brief "
        + "or elaborate."
        + "\nIt cannot: read long documents, calculate, talk about what it was not trained on, call tools."
        + "\nA real model: --model PATH or --model ORG/NAME.")]
    public static partial void Starter(this ILogger log);

    [LoggerMessage(40, LogLevel.Information,
        "{By} moved the catalogue's pointer ({Action}) from {From} to {To}; it is at generation {Generation}.")]
    public static partial void PointerMoved(this ILogger log, string by, string action, string from, string to, long generation);

    [LoggerMessage(41, LogLevel.Warning, "A move of the catalogue's pointer is not in the audit yet; this is tried again: {Reason}")]
    public static partial void MovesWait(this ILogger log, string reason);

    [LoggerMessage(42, LogLevel.Information, "{By} erased the voter {Voter}: {Count} battles, votes and kept replies.")]
    public static partial void VoterErased(this ILogger log, string by, string voter, int count);

    [LoggerMessage(43, LogLevel.Information, "TLS: the certificate {Subject} is presented, valid until {Until}.")]
    public static partial void CertificateTaken(this ILogger log, string subject, DateTime until);

    [LoggerMessage(44, LogLevel.Warning, "TLS: the certificate {Subject} has been invalid since {Until}; clients will refuse it.")]
    public static partial void CertificateExpired(this ILogger log, string subject, DateTime until);

    [LoggerMessage(45, LogLevel.Error, "TLS: the new certificate cannot be used and the old one is kept: {Reason}")]
    public static partial void CertificateKept(this ILogger log, string reason);

    [LoggerMessage(46, LogLevel.Warning, "The client {Address} has {Most} connections open; further ones are closed at once.")]
    public static partial void TooManyConnections(this ILogger log, string address, int most);

    [LoggerMessage(47, LogLevel.Warning,
        "Requests a minute cannot be counted in the store; until it is back this server counts its own alone: {Reason}")]
    public static partial void CountsAlone(this ILogger log, string reason);

    [LoggerMessage(48, LogLevel.Information, "Requests a minute are counted in the store again.")]
    public static partial void CountsTogether(this ILogger log);

    [LoggerMessage(49, LogLevel.Debug, "The reply {Id} is not kept, as it says itself: {Reason}")]
    public static partial void ReplyNotKept(this ILogger log, string id, string reason);

    [LoggerMessage(50, LogLevel.Warning, "What became of the reply {Id} in the background could not be kept: {Reason}")]
    public static partial void ReplyLost(this ILogger log, string id, string reason);

    [LoggerMessage(51, LogLevel.Error, "The fine-tuning job {Job} broke off; the next start goes on with it.")]
    public static partial void JobBroken(this ILogger log, string job, Exception failure);
}
