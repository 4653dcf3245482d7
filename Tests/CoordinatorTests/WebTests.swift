import Logging
import ServiceLifecycle
import Synchronization
import Testing
import Web

@Suite(.timeLimit(.minutes(1)), .serialized)
struct WebTests {
    @Test func `metrics are served as Prometheus wants them`() async throws {
        try await withWeb { port in
            let answer = try get(port, "/metrics")
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(has(answer, "content-type: text/plain; version=0.0.4; charset=utf-8"))
            #expect(body(answer) == "desk_up 1\n")
        }
    }

    @Test func `health is 200 or 503, with the details`() async throws {
        let isHealthy = Mutex(true)
        let content = WebContent(
            metrics: { "" },
            health: {
                let isHealthy = isHealthy.withLock { $0 }
                return WebContent.Health(isHealthy: isHealthy, json: "{\"ok\":\(isHealthy)}")
            })
        try await withWeb(content) { port in
            let good = try get(port, "/health")
            #expect(good.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(has(good, "content-type: application/json"))
            #expect(body(good) == "{\"ok\":true}\n")
            isHealthy.withLock { $0 = false }
            let bad = try get(port, "/health")
            #expect(bad.hasPrefix("HTTP/1.1 503 "))
            #expect(body(bad) == "{\"ok\":false}\n")
        }
    }

    @Test func `the index names the pages`() async throws {
        try await withWeb { port in
            let index = body(try get(port, "/"))
            #expect(index.contains("/metrics"))
            #expect(index.contains("/health"))
        }
    }

    @Test func `HEAD has the head and no body`() async throws {
        try await withWeb { port in
            let answer = try exchange(port, "HEAD /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(has(answer, "content-length: 10"))
            #expect(body(answer) == "")
        }
    }

    @Test(arguments: [
        "/favicon.ico", "/metrics/", "/Metrics", "/..", "//metrics", "/%6detrics", "/health%00",
        "/%22%CC%81%3Cb%3E",
    ])
    func `anything else is a problem with status 404`(_ path: String) async throws {
        try await withWeb { port in
            let answer = try get(port, path)
            #expect(answer.hasPrefix("HTTP/1.1 404 "))
            #expect(has(answer, "content-type: application/problem+json"))
            #expect(body(answer).contains("\"status\":404"))
            #expect(!body(answer).contains("<b>"))
        }
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
    func `whoever wants to change something is refused`(_ method: String) async throws {
        try await withWeb { port in
            let answer = try exchange(
                port, "\(method) /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 405 "))
            #expect(has(answer, "allow: GET, HEAD"))
            #expect(has(answer, "content-type: application/problem+json"))
        }
    }

    @Test func `a body is not read, and who sends one is hung up on`() async throws {
        try await withWeb { port in
            // It promises a gigabyte, keeps the connection open, and asks for more on it.
            let answer = try exchange(
                port, "GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\nabc")
            #expect(answer.hasPrefix("HTTP/1.1 413 "))
            #expect(has(answer, "connection: close"))
            let chunked = try exchange(
                port, "POST /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
            #expect(chunked.hasPrefix("HTTP/1.1 405 "))
        }
    }

    @Test func `headers are bounded in number and size`() async throws {
        try await withWeb { port in
            let many = (0..<200).map { "X-\($0): y\r\n" }.joined()
            let tooMany = try exchange(port, "GET /metrics HTTP/1.1\r\nHost: x\r\n\(many)\r\n")
            #expect(!tooMany.contains("desk_up"))
            #expect(tooMany.isEmpty || tooMany.hasPrefix("HTTP/1.1 4"))
            let long = String(repeating: "y", count: 100_000)
            let tooLong = try exchange(port, "GET /metrics HTTP/1.1\r\nHost: x\r\nX-Long: \(long)\r\n\r\n")
            #expect(!tooLong.contains("desk_up"))
            #expect(tooLong.isEmpty || tooLong.hasPrefix("HTTP/1.1 4"))
            // It still serves.
            #expect(try get(port, "/metrics").contains("desk_up"))
        }
    }

    @Test(arguments: [
        "\r\n\r\n", "GET\r\n\r\n", "\u{16}\u{3}\u{1}", "GET / HTTP/9.9\r\n\r\n", "\0\0\0\0",
        "GET /\"\u{301}<b> HTTP/1.1\r\n\r\n",
    ])
    func `what is no HTTP harms nobody`(_ text: String) async throws {
        try await withWeb { port in
            let connection = try RawHTTP(port: port)
            connection.send(text)
            #expect(try get(port, "/metrics").contains("desk_up"))
        }
    }

    @Test func `who says nothing is hung up on`() async throws {
        var configuration = WebConfiguration()
        configuration.idleSeconds = 1
        try await withWeb(configuration: configuration) { port in
            let silent = try RawHTTP(port: port)
            #expect(try silent.readToEnd() == "")
            let slow = try RawHTTP(port: port)
            slow.send("GET /metrics HTTP/1.1\r\nHost: x\r\nX-Half")
            #expect(!(try slow.readToEnd()).contains("desk_up"))
        }
    }

    @Test func `connections beyond the bound wait until one ends`() async throws {
        var configuration = WebConfiguration()
        configuration.connectionsMax = 2
        configuration.idleSeconds = 1
        try await withWeb(configuration: configuration) { port in
            let idle = [try Held(port), try Held(port), try Held(port)]
            #expect(try get(port, "/metrics").contains("desk_up"))
            _ = idle
        }
    }

    @Test func `a port in use is an error that names it`() async throws {
        try await withWeb { port in
            let second = WebService(WebConfiguration(port: port), content, logger: webLogger)
            let error = await #expect(throws: WebError.self) { try await second.run() }
            #expect(error == .addressInUse(host: "127.0.0.1", port: port))
            #expect(error?.description.contains("127.0.0.1:\(port) is in use") == true)
        }
    }

    @Test func `an address of another machine is an error that names it`() async throws {
        let service = WebService(WebConfiguration(host: "192.0.2.1"), content, logger: webLogger)
        let error = await #expect(throws: WebError.self) { try await service.run() }
        #expect(error?.description.contains("192.0.2.1:0") == true)
    }
}

/// A connection that is held open.
private final class Held {
    let connection: RawHTTP

    init(_ port: Int) throws {
        connection = try RawHTTP(port: port)
    }
}

private let content = WebContent(
    metrics: { "desk_up 1\n" }, health: { WebContent.Health(isHealthy: true, json: "{}") })

private let webLogger = Logger(label: "web") { _ in SwiftLogNoOpLogHandler() }

/// A server on a free port of loopback, shut down at the end.
private func withWeb(
    _ content: WebContent = content, configuration: WebConfiguration = WebConfiguration(),
    _ body: @Sendable (Int) async throws -> Void
) async throws {
    let (ports, portContinuation) = AsyncStream<Int>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let service = WebService(configuration, content, logger: webLogger) { portContinuation.yield($0) }
    let group = ServiceGroup(
        configuration: ServiceGroupConfiguration(services: [service], logger: webLogger))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        var iterator = ports.makeAsyncIterator()
        let port = try #require(await iterator.next())
        do {
            try await body(port)
        } catch {
            await group.triggerGracefulShutdown()
            throw error
        }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
    }
}

private func get(_ port: Int, _ path: String) throws -> String {
    try exchange(port, "GET \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
}

/// Whether the head has this field, whatever the case of its name.
private func has(_ answer: String, _ field: String) -> Bool {
    let head = answer.utf8.split(separator: UInt8(ascii: "\n")).map { String(Substring($0)).lowercased() }
    return head.contains { $0 == field.lowercased() + "\r" }
}

private func body(_ answer: String) -> String {
    let bytes = Array(answer.utf8)
    let end = Array("\r\n\r\n".utf8)
    guard bytes.count >= end.count,
        let index = (0...bytes.count - end.count).first(where: { Array(bytes[$0..<$0 + end.count]) == end })
    else { return "" }
    return String(decoding: bytes[(index + end.count)...], as: UTF8.self)
}
