// Whether a failed write failed because the disk is full. Knows the numbers that systems have for it.
namespace Majlis.Model;

public static class DiskFull
{
    // ENOSPC and EDQUOT; Windows' ERROR_DISK_FULL as an HRESULT.
    static readonly int[] codes = [28, 122, unchecked((int)0x80070070)];

    public static bool Is(IOException error) => codes.Contains(error.HResult);
}
