// How long a vector store lives, also over restarts.
using Majlis.Server.VectorStores;
using Majlis.Server.Wire;
using Majlis.tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Majlis.tests.Server.VectorStores;

public sealed class StoreRecordsTests : IDisposable
{
    readonly TemporaryFolder data = new();
    readonly FakeTimeProvider time = new();

    public void Dispose() => data.Dispose();

    [Fact]
    public void What_was_used_is_in_use_after_a_restart_as_well()
    {
        var stores = Open();
        var id = stores.Add(made => new(made, "sara", null, null, 0, stores.Now, 1, null)).Id;
        for (var hour = 0; hour < 30; hour++)
        {
            time.Advance(TimeSpan.FromHours(1));
            stores.Touch(id);
        }
        Assert.NotNull(Open().Find("sara", id));
        time.Advance(TimeSpan.FromHours(25));
        Assert.Null(Open().Find("sara", id));
    }

    StoreRecords Open() => new(data.Path, IdSource.Random, time, NullLogger<StoreRecords>.Instance);
}
