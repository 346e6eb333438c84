// A multipart form with one file: its bytes go straight to where they are kept, its fields into a list. Knows no field's meaning.
using System.Text;
using Majlis.Model;
using Majlis.Server.Wire;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Majlis.Server.Files;

/// <param name="Filename">The file's own name, without folders; null where the form holds no file.</param>
sealed record ReadForm(Dictionary<string, string> Fields, string? Filename);

static class FormReader
{
    const int LongestBoundary = 200, MostFields = 32, LongestField = 4096, LongestName = 255;

    /// <summary>Reads the form; null with the reason in <paramref name="problem"/>.</summary>
    /// <param name="file">The name of the field that holds the file.</param>
    /// <param name="to">Gets the file's bytes.</param>
    /// <param name="most">More bytes are refused.</param>
    public static async Task<ReadForm?> ReadAsync(HttpRequest request, string file, Stream to, long most, Problem problem)
    {
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = most + (1 << 20);
        if (Boundary(request.ContentType) is not { } boundary)
        {
            problem.Add(new(415, "invalid_request_error",
                $"The body must be multipart/form-data with a boundary, not '{request.ContentType}'.",
                Code: "unsupported_media_type"));
            return null;
        }
        if (!BodyCoding.IsKnown(request, problem)) return null;
        try
        {
            return await SectionsAsync(new MultipartReader(boundary, request.Body), file, to, most, problem,
                request.HttpContext.RequestAborted);
        }
        catch (Exception broken) when (BodyCoding.IsBroken(broken) || broken is BadHttpRequestException { StatusCode: not 413 }
            || broken is IOException cut and not BadHttpRequestException && !DiskFull.Is(cut))
        {
            var why = broken is IOException ? "it ends before its last boundary." : broken.Message;
            problem.Add(new(400, "invalid_request_error", $"The form is cut short or damaged: {why}", Code: "invalid_form"));
            return null;
        }
    }

    static async Task<ReadForm?> SectionsAsync(MultipartReader reader, string file, Stream to, long most, Problem problem,
        CancellationToken stop)
    {
        var form = new ReadForm([], null);
        while (await reader.ReadNextSectionAsync(stop) is { } section)
        {
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var about)
                || HeaderUtilities.RemoveQuotes(about.Name).Value is not { Length: > 0 } name)
                throw new InvalidDataException("a part has no name.");
            if (name == file)
            {
                if (form.Filename is not null) problem.Add(ApiError.InvalidValue(file, $"Invalid '{file}': one file is expected."));
                else if (!await CopyAsync(section.Body, to, most, stop)) problem.Add(ApiError.TooLarge(most));
                form = form with { Filename = Name(about) };
            }
            else if (form.Fields.Count == MostFields || !form.Fields.TryAdd(name, await TextAsync(section.Body, stop)))
                problem.Add(ApiError.InvalidValue(name, $"Invalid '{name}': it comes twice, or there are more than {MostFields} fields."));
            if (problem.First is not null) return null;
        }
        return form;
    }

    static async Task<bool> CopyAsync(Stream from, Stream to, long most, CancellationToken stop)
    {
        var buffer = new byte[1 << 16];
        for (int read; (read = await from.ReadAsync(buffer, stop)) > 0; most -= read)
        {
            if (read > most) return false;
            await to.WriteAsync(buffer.AsMemory(0, read), stop);
        }
        return true;
    }

    static async Task<string> TextAsync(Stream body, CancellationToken stop)
    {
        var bytes = new MemoryStream();
        return await CopyAsync(body, bytes, LongestField, stop) ? Encoding.UTF8.GetString(bytes.ToArray())
            : throw new InvalidDataException($"a field is longer than {LongestField} bytes.");
    }

    static string? Boundary(string? contentType) => MediaTypeHeaderValue.TryParse(contentType, out var media)
        && media.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
        && HeaderUtilities.RemoveQuotes(media.Boundary).Value is { Length: > 0 and <= LongestBoundary } boundary ? boundary : null;

    // filename* is the one with letters beyond ASCII, where a client sends both. Browsers write a quotation mark as %22.
    static string Name(ContentDispositionHeaderValue about)
    {
        var name = about.FileNameStar.HasValue ? about.FileNameStar.Value!
            : (HeaderUtilities.RemoveQuotes(about.FileName).Value ?? "").Replace("%22", "\"", StringComparison.Ordinal);
        name = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
        name = string.Concat(name.Where(letter => !char.IsControl(letter)));
        return name.Length == 0 ? "upload" : name.Length > LongestName ? name[..LongestName] : name;
    }
}
