# The server and the trainer as images: docker build --target server|trainer [--build-arg BACKEND=cuda] [--build-arg VERSION= COMMIT=]
# Both carry models/starter, and the server's the trainer for MAJLIS_WITH_TRAINER. tests/container.sh builds and runs both without a
# container engine.
ARG BACKEND=cpu
ARG DOTNET_SDK=mcr.microsoft.com/dotnet/sdk:10.0.401-noble
ARG DOTNET_RUNTIME=mcr.microsoft.com/dotnet/aspnet:10.0.12-noble
ARG NVIDIA_RUNTIME=nvidia/cuda:12.8.1-runtime-ubuntu24.04

FROM ${DOTNET_RUNTIME} AS runtime-cpu
# Where it listens is MAJLIS_URLS alone.
ENV ASPNETCORE_HTTP_PORTS=

# NVIDIA's image brings the driver's counterpart, Microsoft's the runtime and the certificates of the hub.
FROM ${NVIDIA_RUNTIME} AS runtime-cuda
COPY --from=runtime-cpu /usr/share/dotnet /usr/share/dotnet
COPY --from=runtime-cpu /etc/ssl/certs /etc/ssl/certs
RUN ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet

# Arguments stand before a RUN: the cache of some builders (buildah 1.28) compares a RUN's arguments only, and a LABEL or ENV alone would keep
# the values of the build before.
FROM runtime-${BACKEND} AS runtime
ARG VERSION=0.0.0
ARG COMMIT=unknown
# The root file system may be read-only: everything written goes to these three volumes. Diagnostics would want a pipe in /tmp.
RUN mkdir -p /data /catalog /cache && chown 1654:1654 /data /catalog /cache
ENV MAJLIS_DATA=/data \
    MAJLIS_CATALOG=/catalog \
    HF_HOME=/cache/huggingface \
    HOME=/data \
    DOTNET_EnableDiagnostics=0 \
    DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
VOLUME ["/data", "/catalog", "/cache"]
WORKDIR /app
LABEL org.opencontainers.image.title="Majlis" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${COMMIT}" \
    org.opencontainers.image.licenses="Apache-2.0"
USER 1654:1654

FROM ${DOTNET_SDK} AS build
ARG BACKEND
ARG VERSION=0.0.0
ARG COMMIT=unknown
WORKDIR /source
COPY . .
# Style and analysis are checked where the sources are, not in an image.
# One backend: libtorch for CUDA is gigabytes that a CPU image never loads, and the other way round.
RUN --mount=type=cache,id=nuget,target=/root/.nuget/packages \
    cuda=$([ "$BACKEND" = cuda ] && echo true || echo false); \
    for host in Server Trainer; do \
        dotnet publish $host --configuration Release --runtime linux-x64 --no-self-contained --output /app/$host \
            -p:RunAnalyzers=false -p:Cuda=$cuda -p:Version=$VERSION -p:SourceRevisionId=$COMMIT || exit 1; \
    done; \
    rm -rf artifacts

FROM runtime AS trainer
COPY --from=build /app/Trainer /app
ENTRYPOINT ["dotnet", "/app/Majlis.Trainer.dll"]

FROM runtime AS server
COPY --from=build /app/Server /app
# What it serves where nobody names a model: the one in models/starter, or this path below it, or a name of the hub.
ARG MODEL=
# A RUN, so that another model is another image (see runtime).
RUN : "$MODEL"
# Health and metrics without a key for whoever is inside, the health check above all. Without any key the first start makes one.
ENV MAJLIS_URLS=http://+:8080 \
    MAJLIS_INTERNAL_URLS=http://127.0.0.1:8081 \
    MAJLIS_FIRST_KEY=print \
    MAJLIS_MODEL=${MODEL}
EXPOSE 8080
# The start period covers a model that is still being downloaded or read.
HEALTHCHECK --interval=10s --timeout=5s --start-period=10m --retries=3 CMD ["dotnet", "/app/Majlis.Server.dll", "health"]
ENTRYPOINT ["dotnet", "/app/Majlis.Server.dll"]
