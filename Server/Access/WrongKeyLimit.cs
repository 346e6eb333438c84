// Slows down whoever sends wrong keys: each address has a few tries, and gets another every few seconds. The table has a fixed size, so
// that addresses without end cost no memory; addresses that share a place share its tries. Knows no key.
namespace Majlis.Server.Access;

sealed class WrongKeyLimit(TimeProvider time)
{
    public const int Tries = 10;
    const int Places = 4096;

    public static readonly TimeSpan AnotherAfter = TimeSpan.FromSeconds(6);

    readonly Lock guard = new();
    readonly (double Used, long At)[] places = new (double, long)[Places];

    /// <summary>Takes a try of this address. Gives how long to wait where none is left, else null.</summary>
    public TimeSpan? Take(string address)
    {
        lock (guard)
        {
            // A string's hash differs in every process, so nobody can choose an address that shares another's place.
            ref var place = ref places[(uint)address.GetHashCode(StringComparison.Ordinal) % Places];
            var now = time.GetTimestamp();
            var used = Math.Max(0, place.Used - time.GetElapsedTime(place.At, now) / AnotherAfter);
            if (used > Tries - 1) return (used - (Tries - 1)) * AnotherAfter;
            place = (used + 1, now);
            return null;
        }
    }

    /// <summary>Gives a try back, where the key was a right one.</summary>
    public void GiveBack(string address)
    {
        lock (guard)
        {
            ref var place = ref places[(uint)address.GetHashCode(StringComparison.Ordinal) % Places];
            place.Used = Math.Max(0, place.Used - 1);
        }
    }
}
