// Build step. TorchSharp's native library requires the symbol version GLIBCXX_3.4.32 though no relocation uses it, so it does not load on
// Debian 12. This sets the weak flag on that entry of .gnu.version_r (Linux Standard Base, "Symbol Versioning"). Changes only the copy in
// the output folder, and only where the system's libstdc++ lacks the version. Running it twice changes nothing more.
using System;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

public sealed class WeakenGlibcxx : Task
{
    const string Version = "GLIBCXX_3.4.32";
    const uint SectionVersionNeed = 0x6ffffffe;
    const byte FlagWeak = 2;

    [Required]
    public string Library { get; set; }

    public override bool Execute()
    {
        if (SystemHasVersion()) return true;
        var elf = File.ReadAllBytes(Library);
        var flags = FindFlags(elf);
        if (flags < 0)
        {
            Log.LogWarning("{0} no longer asks for {1}: this build step can go.", Library, Version);
            return true;
        }
        if ((elf[flags] & FlagWeak) != 0) return true;
        elf[flags] |= FlagWeak;
        Replace(elf);
        Log.LogMessage(MessageImportance.High, "{0}: {1} marked weak, this system's libstdc++ lacks it.",
            Path.GetFileName(Library), Version);
        return true;
    }

    static bool SystemHasVersion()
    {
        var folders = new[] { "/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib" };
        var file = folders.Select(folder => Path.Combine(folder, "libstdc++.so.6")).FirstOrDefault(File.Exists);
        return file != null && Encoding.ASCII.GetString(File.ReadAllBytes(file)).Contains(Version + "\0");
    }

    // Sections of a 64-bit little-endian ELF file: type at +4, offset at +24, string-table link at +40, entry count at +44.
    static int FindFlags(byte[] elf)
    {
        var table = (int)BitConverter.ToInt64(elf, 0x28);
        int size = BitConverter.ToUInt16(elf, 0x3a), count = BitConverter.ToUInt16(elf, 0x3c);
        for (var section = table; section < table + count * size; section += size)
        {
            if (BitConverter.ToUInt32(elf, section + 4) != SectionVersionNeed) continue;
            var strings = table + (int)BitConverter.ToUInt32(elf, section + 40) * size;
            return FindInNeeds(elf, (int)BitConverter.ToInt64(elf, section + 24), (int)BitConverter.ToInt64(elf, strings + 24));
        }
        return -1;
    }

    // Elf64_Verneed: vn_cnt +2, vn_aux +8, vn_next +12; Elf64_Vernaux: vna_flags +4, vna_name +8, vna_next +12.
    static int FindInNeeds(byte[] elf, int need, int strings)
    {
        for (int step; ; need += step)
        {
            var auxiliary = need + (int)BitConverter.ToUInt32(elf, need + 8);
            for (var left = BitConverter.ToUInt16(elf, need + 2); left > 0; left--)
            {
                if (NameAt(elf, strings + (int)BitConverter.ToUInt32(elf, auxiliary + 8)) == Version) return auxiliary + 4;
                auxiliary += (int)BitConverter.ToUInt32(elf, auxiliary + 12);
            }
            step = (int)BitConverter.ToUInt32(elf, need + 12);
            if (step == 0) return -1;
        }
    }

    static string NameAt(byte[] elf, int start)
    {
        return Encoding.ASCII.GetString(elf, start, Array.IndexOf(elf, (byte)0, start) - start);
    }

    // The output may be a link into the package cache, so a new file replaces it. The time stamp stays, so the next build does not copy
    // again.
    void Replace(byte[] elf)
    {
        var written = File.GetLastWriteTimeUtc(Library);
        var temporary = Library + ".weak";
        File.WriteAllBytes(temporary, elf);
        File.SetLastWriteTimeUtc(temporary, written);
        File.Delete(Library);
        File.Move(temporary, Library);
    }
}
