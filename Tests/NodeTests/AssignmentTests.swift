import Node
import SwiftProtobuf
import Testing
import Tickets
import Wire

/// A grant is read straight from its bytes; these come from the generated code.
@Suite struct AssignmentTests {
    private static let full = ProtoGrant.with { grant in
        (grant.token, grant.leaseMs) = (7, 60_000)
        grant.ticket = .with {
            ($0.number, $0.line, $0.status, $0.place, $0.priority) = (
                300, "line-two", "open", "claimed", .urgent
            )
            ($0.channel, $0.customer, $0.subject, $0.kind) = ("mail", "ann@example.org", "Где он?", "track")
            ($0.tags, $0.owner, $0.token, $0.holderNode, $0.holderAgent) = (
                ["vip", ""], "one-9", 7, "two-1", "bo"
            )
            $0.fields = [.with { ($0.name, $0.value) = ("order", "4711") }]
            $0.lacking = ["device", "log"]
            ($0.failures, $0.assignments, $0.escalations, $0.frames) = (2, 9, 3, ["line-one", "line-zero"])
            ($0.lastMessage, $0.entries, $0.revision, $0.createdMs) = (2, 3, 12, 1_700_000_000_000)
        }
        grant.entries = [
            .with {
                ($0.number, $0.kind, $0.author, $0.atMs, $0.text) = (1, .message, "ann", 5, "Hallo — wo?")
            },
            .with { ($0.number, $0.kind, $0.author, $0.atMs, $0.text) = (2, .reply, "one-9", -6, "there") },
            .with { ($0.number, $0.kind, $0.author) = (3, .UNRECOGNIZED(77), "new") },
        ]
    }

    @Test func `a grant is read with all that a handler may ask for`() throws {
        let work = try #require(Assignment(GrantMessage(Self.full)))
        #expect(work.number == TicketNumber(300) && work.token == Token(7) && work.line == "line-two")
        #expect(work.channel == "mail" && work.customer == "ann@example.org" && work.subject == "Где он?")
        #expect(work.kind == "track" && work.priority == .urgent && work.tags == ["vip", ""])
        #expect(work.fields == [Field(name: "order", value: "4711")] && work.lacking == ["device", "log"])
        #expect(work.owner == "one-9" && work.failures == 2 && work.escalations == 3)
        #expect(work.frames == ["line-one", "line-zero"] && work.lastMessage == 2)
        #expect(work.entries.map(\.number) == [1, 2, 3])
        // A kind that this version does not know is kept from customers.
        #expect(work.entries.map(\.kind) == [.message, .reply, .note])
        #expect(work.entries.map(\.author) == ["ann", "one-9", "new"])
        #expect(work.entries.map(\.at.milliseconds) == [5, -6, 0])
        #expect(work.entries.map(\.text) == ["Hallo — wo?", "there", ""])
    }

    @Test func `what a grant leaves out is nothing`() throws {
        let work = try #require(Assignment(GrantMessage(.with { $0.ticket.number = 1 })))
        var empty = Assignment(number: TicketNumber(1), token: Token(0), line: "")
        empty.priority = .normal
        #expect(work == empty)
    }

    @Test func `a grant with a text that is none makes no sense`() throws {
        var bytes: [UInt8] = try Self.full.serializedBytes()
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: "there".utf8) })
        bytes[place] = 0xff
        let frame = try #require(Self.frame(bytes))
        #expect(Assignment(frame) == nil)
    }

    @Test func `a grant from a newer broker is read without what is new`() throws {
        // Field 99 of the grant: four bytes that mean nothing here.
        let bytes: [UInt8] = try Self.full.serializedBytes() + [0x9a, 0x06, 4, 1, 2, 3, 4]
        let frame = try #require(Self.frame(bytes))
        #expect(Assignment(frame) == Assignment(GrantMessage(Self.full)))
    }

    /// A grant as it comes out of a frame from the broker.
    private static func frame(_ grant: [UInt8]) -> GrantMessage? {
        func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
            let count = bytes.count
            return [number << 3 | 2, UInt8(count & 0x7f) | 0x80, UInt8(count >> 7)] + bytes
        }
        let bytes = [1 << 3, UInt8(wireVersion)] + field(2, field(4, grant))
        guard case .success(let frame) = bytes.withUnsafeBytes({ FrameFromBroker.decode($0) }),
            case .grant(let message)? = frame.items.first
        else { return nil }
        return message
    }
}
