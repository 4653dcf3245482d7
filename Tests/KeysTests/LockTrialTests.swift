import Keys
import Testing
import Tickets
import ZeroMQ

/// One at a time: there is one ZAP handler in a process.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct LockTrialTests {
    private let server: CurveKeyPair

    init() throws {
        server = try .generate()
    }

    @Test func `a door that is locked passes, on all interfaces too`() throws {
        let handler = try ZapHandler(domain: "desk") { _ in nil }
        defer { handler.stop() }
        for endpoint in ["tcp://127.0.0.1:0", "tcp://0.0.0.0:0"] {
            try withDoor(.server(secretKey: server.secretKey, domain: "desk"), endpoint) {
                try LockTrial.run($0, server: server.publicKey)
            }
        }
    }

    @Test func `a door without a lock is open to somebody without CURVE`() throws {
        try withDoor(.none) { endpoint in
            let expected = LockError.open(endpoint: endpoint, to: "somebody without CURVE")
            #expect(throws: expected) { try LockTrial.run(endpoint, server: server.publicKey) }
        }
    }

    /// What an empty domain, a missing handler and a handler that says yes to all come to.
    @Test func `a door that takes any key is open to a key that nobody knows`() throws {
        let handler = try ZapHandler(domain: "desk") { _ in "admin:root/0000000000" }
        defer { handler.stop() }
        try withDoor(.server(secretKey: server.secretKey, domain: "desk")) { endpoint in
            let expected = LockError.open(endpoint: endpoint, to: "somebody with a key that nobody knows")
            #expect(throws: expected) { try LockTrial.run(endpoint, server: server.publicKey) }
        }
    }

    @Test func `without a handler nobody gets in, so the door passes`() throws {
        try withDoor(.server(secretKey: server.secretKey, domain: "desk")) {
            try LockTrial.run($0, server: server.publicKey)
        }
    }

    @Test func `a door without CURVE keeps those out who say no name, or nobody's`() throws {
        let handler = try ZapHandler(
            domain: "desk", lookup: .byName { Name($0) == nil ? nil : "admin:root/0" })
        defer { handler.stop() }
        try withDoor(.loopbackServer(domain: "desk")) { try LockTrial.run(insecureLoopback: $0) }
        handler.stop()
        let open = try ZapHandler(domain: "desk", lookup: .byName { _ in "admin:root/0" })
        defer { open.stop() }
        try withDoor(.loopbackServer(domain: "desk")) { endpoint in
            #expect(throws: LockError.self) { try LockTrial.run(insecureLoopback: endpoint) }
        }
    }

    private func withDoor(
        _ security: Security, _ endpoint: String = "tcp://127.0.0.1:0", _ body: (String) throws -> Void
    ) throws {
        let router = try Socket(.router, options: SocketOptions(security: security))
        try body(try router.bind(endpoint))
    }
}
