// What has expired leaves the disk although nobody asks for anything.
using Majlis.Server.Files;
using Majlis.Server.Retention;
using Majlis.Server.VectorStores;
using Majlis.Server.Wire;
using Majlis.tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Majlis.tests.Server.Storage;

public sealed class ExpirySweepTests
{
    [Fact]
    public async Task Files_uploads_and_stores_that_expired_are_deleted_without_a_request()
    {
        using var data = new TemporaryFolder();
        var time = new FakeTimeProvider();
        var files = new FileStore(data.Path, IdSource.Random, time, NullLogger<FileStore>.Instance);
        var uploads = new UploadStore(data.Path, files, IdSource.Random, time, NullLogger<UploadStore>.Instance);
        var stores = new StoreRecords(data.Path, IdSource.Random, time, NullLogger<StoreRecords>.Instance);
        var file = files.Begin("sara");
        file.Stream.Write("A sea."u8);
        files.Keep(file, "sea.txt", "assistants", life: 3600);
        uploads.Begin("sara", "more.txt", "assistants", 10, null);
        stores.Add(made => new(made, "sara", null, null, 0, stores.Now, 1, null));
        using var sweep = new ExpirySweep(files, uploads, stores, time, NullLogger<ExpirySweep>.Instance);
        await sweep.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal(4, Kept());
        await Eventually.HoldsAsync("all are deleted", () =>
        {
            time.Advance(TimeSpan.FromHours(1));
            return Kept() == 0;
        });
        await sweep.StopAsync(TestContext.Current.CancellationToken);

        int Kept() => Directory.EnumerateFiles(data.Path, "*", SearchOption.AllDirectories).Count();
    }
}
