import Client
import Foundation
import Keys
import Rig
import Testing
import Tickets
import ZeroMQ

/// What strangers can do who reach the port and have no key: section 1 of the list of hostile inputs, by its numbers.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct HostileTransportTests {
    /// What is written to the port.
    private struct Row {
        var name: String
        var write: @Sendable (TCPPeer) -> Void
    }

    /// ZMTP 3.0's signature, version, mechanism, not a server, filler.
    private static func greeting(_ mechanism: String, version: [UInt8] = [3, 0]) -> [UInt8] {
        let name = Array(mechanism.utf8)
        return [0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f] + version + name
            + [UInt8](repeating: 0, count: 20 - name.count) + [UInt8](repeating: 0, count: 32)
    }

    /// A command frame of ZMTP 3, short or long.
    private static func command(_ name: String, _ body: [UInt8]) -> [UInt8] {
        let content = [UInt8(name.utf8.count)] + Array(name.utf8) + body
        guard content.count > 255 else { return [0x04, UInt8(content.count)] + content }
        return [0x06] + bigEndian(UInt64(content.count)) + content
    }

    private static func bigEndian(_ number: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
    }

    /// CURVE's first command: version, padding, an ephemeral key, a nonce, a box of zeros that nobody sealed.
    private static func curveHello(_ length: Int = 194) -> [UInt8] {
        let body = [1, 0] + [UInt8](repeating: 7, count: max(0, length - 2))
        return command("HELLO", Array(body.prefix(length)))
    }

    private static let rows: [Row] = [
        Row(name: "1 garbage") { $0.write(Array("asdf\r\n".utf8)) },
        Row(name: "3 half a greeting") { $0.write(Array(greeting("CURVE").prefix(11))) },
        Row(name: "4 ZMTP 1.0") { $0.write([0x01, 0x00]) },
        Row(name: "4 ZMTP 1.0 with an identity") { $0.write([0x06, 0x00] + Array("admin".utf8)) },
        Row(name: "4 ZMTP 2.0") { $0.write([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 1, 6, 0, 0]) },
        Row(name: "4 ZMTP 2.1") { $0.write(greeting("NULL", version: [2, 1])) },
        Row(name: "5 NULL") { $0.write(greeting("NULL") + command("READY", [])) },
        Row(name: "5 PLAIN") {
            $0.write(greeting("PLAIN") + command("HELLO", [5] + Array("admin".utf8) + [0]))
        },
        Row(name: "5 GSSAPI") { $0.write(greeting("GSSAPI")) },
        Row(name: "5 no mechanism") { $0.write(greeting("")) },
        Row(name: "6 HELLO too short") { $0.write(greeting("CURVE") + curveHello(10)) },
        Row(name: "6 HELLO too long") { $0.write(greeting("CURVE") + curveHello(1_000)) },
        Row(name: "6 HELLO sealed by nobody") { $0.write(greeting("CURVE") + curveHello()) },
        Row(name: "6 HELLO twice") { $0.write(greeting("CURVE") + curveHello() + curveHello()) },
        Row(name: "6 INITIATE before HELLO") {
            $0.write(greeting("CURVE") + command("INITIATE", [UInt8](repeating: 7, count: 300)))
        },
        Row(name: "7 INITIATE with metadata longer than declared") {
            let initiate = [UInt8](repeating: 7, count: 113 + 128) + [UInt8](repeating: 0xff, count: 4_000)
            $0.write(greeting("CURVE") + curveHello() + command("INITIATE", initiate))
        },
        Row(name: "8 two frames of ZMTP 1.0 of more than 8192 bytes") {
            let frame = [0xff] + bigEndian(8_193) + [UInt8](repeating: 0, count: 8_193)
            $0.write([0x01, 0x00] + frame + frame)
        },
        Row(name: "9 a length of 2^63 - 1") {
            $0.write(greeting("CURVE") + [0x06] + bigEndian(UInt64(Int64.max)))
        },
        Row(name: "9 a length of 2^64 - 1, as a message") {
            $0.write(greeting("CURVE") + [0x02] + bigEndian(.max))
        },
        Row(name: "10 a flood of PING before the handshake") { peer in
            peer.write(greeting("CURVE"))
            let ping = command("PING", [0, 0])
            for _ in 0..<200 { peer.write((0..<100).flatMap { _ in ping }) }
        },
        Row(name: "12 TLS") {
            $0.write([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3] + [UInt8](repeating: 9, count: 500))
        },
        Row(name: "12 HTTP") { $0.write(Array("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)) },
        Row(name: "12 SSH") { $0.write(Array("SSH-2.0-OpenSSH_9.2\r\n".utf8)) },
    ]

    @Test func `whatever strangers write, they are hung up on and nobody else notices`() throws {
        try withDesk { running in
            running.desk.heartbeatMilliseconds = 60_000
            try running.broker()
            let endpoint = running.desk.brokerEndpoint
            let peaceful = try RawPeer(running.desk, "client")
            #expect(try peaceful.hello() == nil)
            let strangers = try Self.rows.map { row in
                let stranger = try #require(try TCPPeer(endpoint))
                row.write(stranger)
                #expect(try peaceful.isServed(), "\(row.name)")
                return (row, stranger)
            }
            // By its time for a handshake at the latest; all of them wait for that together.
            for (row, stranger) in strangers { #expect(stranger.isHungUpOn(), "\(row.name)") }
            #expect(try running.submitOne().exitCode == 0)
            #expect(try peaceful.isServed())
            try running.expectClean()
        }
    }

    @Test func `2: hundreds who open a connection and say nothing keep nobody out, and are hung up on`()
        throws
    {
        try withDesk { running in
            try running.broker()
            let silent = try (0..<500).map { _ in try #require(try TCPPeer(running.desk.brokerEndpoint)) }
            #expect(try running.submitOne().exitCode == 0)
            for stranger in silent { #expect(stranger.isHungUpOn()) }
            #expect(try running.submitOne().exitCode == 0)
        }
    }

    /// Through a proxy that keeps what a real client said, and says it again.
    @Test func `11: a session that was overheard and is said again opens nothing`() throws {
        try withDesk { running in
            try running.broker()
            let proxy = try Eavesdropper(to: running.desk.brokerEndpoint)
            defer { proxy.stop() }
            let key = try running.desk.keys.load("client")
            let channel = try Connection(endpoint: proxy.endpoint, key: key)
            let submission = Submission(channel: "web", customer: "c", subject: "s", body: "b")
            #expect(try channel.perform(.submit(submission)).ticket == TicketNumber(1))
            let overheard = proxy.overheard
            #expect(overheard.count > 500)
            let replay = try #require(try TCPPeer(running.desk.brokerEndpoint))
            replay.write(overheard)
            #expect(replay.isHungUpOn())
            #expect(try running.totals()["submitted"] as? Int == 1)
        }
    }

    @Test func `12: what belongs to the broker's port is nothing to the coordinator's page`() throws {
        try withDesk { running in
            try running.broker()
            try running.coordinator()
            let http = "tcp://127.0.0.1:\(running.desk.httpPort)"
            let stranger = try #require(try TCPPeer(http))
            stranger.write(Self.greeting("CURVE") + Self.curveHello())
            let peer = try #require(try TCPPeer(http))
            peer.write(Array("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8))
            #expect(String(decoding: peer.readSome(), as: UTF8.self).hasPrefix("HTTP/1.1 "))
        }
    }

    @Test func `13: what listens on loopback listens nowhere else`() throws {
        try withDesk { running in
            try running.broker()
            try running.coordinator()
            // All of 127/8 is this machine, and none but 127.0.0.1 was configured.
            for endpoint in [
                running.desk.brokerEndpoint, running.desk.coordinatorEndpoint, "x:\(running.desk.httpPort)",
            ] {
                #expect(try TCPPeer(endpoint, address: "127.0.0.2") == nil, "\(endpoint)")
                #expect(try TCPPeer(endpoint) != nil, "\(endpoint)")
            }
        }
    }
}
