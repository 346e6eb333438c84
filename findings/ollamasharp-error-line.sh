#!/usr/bin/env bash
# OllamaSharp 5.5.2: an error that ends a stream is not seen. Ollama tells of it by a line {"error": "..."} in the middle of the answer, with status 200
# (https://github.com/ollama/ollama/blob/main/docs/api/errors.mdx); the client yields an empty part for it and ends well, so half an answer looks
# whole, and Chat keeps it in its history. That goes for ChatAsync, GenerateAsync, Chat.SendAsync and the streamed IChatClient, hence for Semantic
# Kernel's and Microsoft.Extensions.AI's apps on Ollama; the same client asked for a whole answer throws. A cut connection throws everywhere.
# For whoever streams from Ollama in .NET: take an answer for whole only where a part says that it is done (FinishReason is set).
# Seen (a piece "Do not ", then what the name says):
#   whole stream:
#     ChatAsync: "Do not delete it.", no error
#     GenerateAsync: "Do not delete it.", no error
#     Chat.SendAsync: "Do not delete it.", no error
#     IChatClient, streamed: "Do not delete it.", no error
#     IChatClient, whole: "Do not delete it.", no error
#   error line after one piece:
#     ChatAsync: "Do not ", no error
#     GenerateAsync: "Do not ", no error
#     Chat.SendAsync: "Do not ", no error
#     IChatClient, streamed: "Do not ", no error
#     IChatClient, whole: InvalidOperationException
#   connection cut after one piece:
#     ChatAsync: "Do not ", HttpIOException
#     GenerateAsync: "Do not ", HttpIOException
#     Chat.SendAsync: "Do not ", HttpIOException
#     IChatClient, streamed: "Do not ", HttpIOException
#     IChatClient, whole: HttpRequestException
# Fails if that changes. Needs the .NET 10 SDK and a NuGet source; uses nothing of this project.
set -euo pipefail
. "$(dirname "$0")/shared/dotnet.sh" OllamaSharp 5.5.2
cat >Program.cs <<'CS'
using System.Collections.Generic;
using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using Microsoft.Extensions.AI;
using OllamaSharp;
using OllamaSharp.Models;
using OllamaSharp.Models.Chat;

string Piece(string text) => $$"""{"model":"m","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"{{text}}"},"response":"{{text}}","done":false}""";
const string Done = """{"model":"m","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":""},"response":"","done":true,"done_reason":"stop"}""";
const string Error = """{"error":"an error was encountered while running the model"}""";

await Show("whole stream", [Piece("Do not "), Piece("delete it."), Done], ends: true);
await Show("error line after one piece", [Piece("Do not "), Error], ends: true);
await Show("connection cut after one piece", [Piece("Do not ")], ends: false);

async Task Show(string name, string[] lines, bool ends)
{
    using var listener = new TcpListener(IPAddress.Loopback, 0);
    listener.Start();
    _ = ServeAsync(listener, lines, ends);
    using var client = new OllamaApiClient(new Uri($"http://{listener.LocalEndpoint}/"), "m");
    var request = new ChatRequest { Model = "m", Messages = [new(OllamaSharp.Models.Chat.ChatRole.User, "hi")] };
    Console.WriteLine($"{name}:");
    await TryAsync("ChatAsync", client.ChatAsync(request).Select(part => part?.Message?.Content));
    await TryAsync("GenerateAsync", client.GenerateAsync(new GenerateRequest { Model = "m", Prompt = "hi" }).Select(part => part?.Response));
    await TryAsync("Chat.SendAsync", new Chat(client).SendAsync("hi"));
    await TryAsync("IChatClient, streamed", ((IChatClient)client).GetStreamingResponseAsync("hi").Select(part => part.Text));
    try
    {
        Console.WriteLine($"  IChatClient, whole: \"{(await ((IChatClient)client).GetResponseAsync("hi")).Text}\", no error");
    }
    catch (Exception error)
    {
        Console.WriteLine($"  IChatClient, whole: {error.GetType().Name}");
    }
}

async Task TryAsync(string way, IAsyncEnumerable<string> parts)
{
    var text = new StringBuilder();
    try
    {
        await foreach (var part in parts) text.Append(part);
        Console.WriteLine($"  {way}: \"{text}\", no error");
    }
    catch (Exception error)
    {
        Console.WriteLine($"  {way}: \"{text}\", {error.GetType().Name}");
    }
}

// HTTP/1.1 by hand, so that the answer can end without its last chunk.
static async Task ServeAsync(TcpListener listener, string[] lines, bool ends)
{
    try
    {
        while (true)
        {
            using var client = await listener.AcceptTcpClientAsync();
            var stream = client.GetStream();
            var request = "";
            var buffer = new byte[65536];
            while (!request.Contains("\r\n\r\n") || !request.TrimEnd('\r', '\n', '0').EndsWith('}'))
                request += Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer));
            var answer = new StringBuilder("HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
            foreach (var line in lines) answer.Append($"{Encoding.UTF8.GetByteCount(line) + 1:x}\r\n{line}\n\r\n");
            if (ends) answer.Append("0\r\n\r\n");
            await stream.WriteAsync(Encoding.UTF8.GetBytes(answer.ToString()));
        }
    }
    catch (Exception over) when (over is SocketException or ObjectDisposedException)
    {
    }
}
CS
probe >seen
cat seen
diff - seen <<'OUT'
whole stream:
  ChatAsync: "Do not delete it.", no error
  GenerateAsync: "Do not delete it.", no error
  Chat.SendAsync: "Do not delete it.", no error
  IChatClient, streamed: "Do not delete it.", no error
  IChatClient, whole: "Do not delete it.", no error
error line after one piece:
  ChatAsync: "Do not ", no error
  GenerateAsync: "Do not ", no error
  Chat.SendAsync: "Do not ", no error
  IChatClient, streamed: "Do not ", no error
  IChatClient, whole: InvalidOperationException
connection cut after one piece:
  ChatAsync: "Do not ", HttpIOException
  GenerateAsync: "Do not ", HttpIOException
  Chat.SendAsync: "Do not ", HttpIOException
  IChatClient, streamed: "Do not ", HttpIOException
  IChatClient, whole: HttpRequestException
OUT
echo "as stated"
