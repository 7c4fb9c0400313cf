FROM --platform=$BUILDPLATFORM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG TARGETOS TARGETARCH
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -ldflags '-s -w' -o /out/connector ./cmd/connector \
 && mkdir /out/data

# Nothing but the program, the certificates that it trusts and its data: time zones are in the program.
# A HEALTHCHECK is not possible, because there is neither a shell nor an HTTP client in the image:
# let the orchestrator ask /livez and /readyz on port 8080.
FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/connector /connector
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
ENV ROOMKEEPER_DATA_DIR=/data
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["/connector"]
CMD ["serve"]
