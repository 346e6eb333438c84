// The limiter's answer in the library's form: granted, or refused with the time after which the next request may be made.
using System.Threading.RateLimiting;

namespace Majlis.Server.Limits;

sealed class MinuteLease(TimeSpan? retry) : RateLimitLease
{
    static readonly string[] names = [MetadataName.RetryAfter.Name];

    public static MinuteLease Granted { get; } = new(null);

    public static MinuteLease Refused(TimeSpan retry) => new(retry);

    public override bool IsAcquired => retry is null;

    public override IEnumerable<string> MetadataNames => retry is null ? [] : names;

    public override bool TryGetMetadata(string metadataName, out object? metadata)
    {
        metadata = metadataName == MetadataName.RetryAfter.Name ? retry : null;
        return metadata is not null;
    }
}
