import Client
import SwiftProtobuf
import Testing
import Tickets
import Wire

/// Signs of life, silence, leases, and frames that do not leave.
@Suite struct BrokerSessionLivenessTests {
    private var node: SessionSettings {
        SessionSettings(
            node: NodeIdentity(name: "n1", incarnation: 9, line: "line-one", seats: 4, shift: "early"))
    }
    private let held = [
        HeldClaim(ticket: TicketNumber(5), token: Token(2)),
        HeldClaim(ticket: TicketNumber(8), token: Token(1)),
    ]

    @Test func `a node's hello says what it is and what it holds when it is sent`() throws {
        var talk = Talk(node)
        talk.held = held
        guard case .hello(let hello) = talk.next()?.body else {
            Issue.record("no hello")
            return
        }
        #expect(hello.node.name == "n1")
        #expect(hello.node.incarnation == 9)
        #expect(hello.node.line == "line-one")
        #expect(hello.node.seats == 4)
        #expect(hello.node.shift == "early")
        #expect(hello.node.held.map(\.ticket) == [5, 8])
        #expect(hello.node.held.map(\.token) == [2, 1])
    }

    @Test func `pings come at the interval that the welcome dictates, and name what a node holds`() {
        var talk = Talk.welcomed(node)
        talk.held = held
        #expect(talk.session.nextDeadline == 1_000)
        talk.now = 999
        #expect(talk.said().isEmpty)
        talk.now = 1_000
        guard case .ping(let ping) = talk.next()?.body else {
            Issue.record("no ping")
            return
        }
        #expect(ping.held.map(\.ticket) == [5, 8])
        #expect(talk.said().isEmpty)
        talk.hear(.pong)
        talk.now = 2_000
        #expect(talk.said().map(\.word) == ["ping"])
    }

    @Test func `people's pings name nothing`() {
        var talk = Talk.welcomed()
        talk.held = held
        talk.now = 1_000
        guard case .ping(let ping) = talk.next()?.body else {
            Issue.record("no ping")
            return
        }
        #expect(ping.held.isEmpty)
    }

    @Test func `a lease that is short for the heartbeat is renewed twice before it ends`() {
        var talk = Talk(node)
        _ = talk.said()
        talk.hear(.welcome(heartbeat: 5_000, lease: 900))
        #expect(talk.session.nextDeadline == 300)
    }

    @Test func `three intervals of silence are a lost connection`() throws {
        var talk = Talk.welcomed()
        try talk.session.enqueue(.sample(1))
        _ = talk.said()
        talk.now = 1_000
        #expect(talk.said().map(\.word) == ["ping"])
        talk.now = 2_000
        #expect(talk.said().map(\.word) == ["ping"])
        talk.now = 3_000
        #expect(talk.said().map(\.word) == ["hello"])
        #expect(talk.session.lossCount == 1)
        talk.hear(.welcome())
        #expect(talk.commandsSaid() == [[1]])
    }

    @Test func `any frame is a sign of life`() {
        var talk = Talk.welcomed()
        for _ in 0..<10 {
            talk.now += 2_900
            talk.hear(.answer(1))
            #expect(!talk.said().contains { $0.word == "hello" })
        }
        #expect(talk.session.lossCount == 0)
    }

    // A connection of which the other end vanished without a word takes hellos and leads nowhere.
    @Test func `hellos that leave and are not answered ask for a new connection`() {
        var talk = Talk()
        _ = talk.said()
        talk.now = 5_999
        _ = talk.said()
        #expect(!talk.session.wantsNewConnection(now: talk.now))
        talk.now = 6_000
        #expect(talk.session.wantsNewConnection(now: talk.now))
        talk.session.connectionReplaced(now: talk.now)
        #expect(!talk.session.wantsNewConnection(now: talk.now))
        #expect(talk.said().map(\.word) == ["hello"])
    }

    @Test func `hellos that do not leave ask for no new connection`() throws {
        var talk = Talk()
        for second in 0..<20 as Range<Int64> {
            talk.now = second * 1_000
            _ = try talk.mustSay()
            talk.session.unsent()
            #expect(!talk.session.wantsNewConnection(now: talk.now))
        }
    }

    // Node                                     Broker
    // ping at 1,000
    // stopped, until 70,000                    the lease of 60,000 ends; the pong waits in the node's inbox
    // reads the pong: renewed at 1,000, so the lease may be over
    // hello, before any command
    @Test func `a node that was stopped past its lease says hello before it sends anything under it`() throws
    {
        var talk = Talk.welcomed(node)
        talk.held = held
        talk.now = 1_000
        #expect(talk.said().map(\.word) == ["ping"])
        talk.now = 70_000
        talk.hear(.pong)
        try talk.session.enqueue(.sample(1))
        #expect(talk.said().map(\.word) == ["hello"])
        talk.hear(.welcome(lease: 60_000))
        #expect(talk.commandsSaid() == [[1]])
    }

    @Test func `a person has no lease to lose`() throws {
        var talk = Talk.welcomed()
        talk.now = 1_000
        _ = talk.said()
        talk.now = 70_000
        talk.hear(.pong)
        #expect(!talk.said().contains { $0.word == "hello" })
    }

    @Test func `renewal is counted from when the ping left`() {
        var talk = Talk.welcomed(node)
        talk.now = 1_000
        _ = talk.said()
        talk.now = 1_900
        talk.hear(.pong)
        #expect(talk.session.millisecondsSinceRenewal(now: 1_900) == 900)
        // A pong that nobody asked for renews nothing.
        talk.hear(.pong)
        #expect(talk.session.millisecondsSinceRenewal(now: 1_900) == 900)
    }

    @Test func `a command whose answer got lost is sent again although the broker lives`() throws {
        var talk = Talk.welcomed()
        for number in 1...2 as ClosedRange<UInt64> { try talk.session.enqueue(.sample(number)) }
        _ = talk.said()
        talk.hear(.answer(2))
        for second in 1...14 as ClosedRange<Int64> {
            talk.now = second * 1_000
            #expect(talk.commandsSaid() == [])
            talk.hear(.pong)
        }
        talk.now = 15_000
        #expect(talk.commandsSaid() == [[1]])
    }

    @Test func `a frame that did not leave is said again, in its place`() throws {
        var talk = Talk.welcomed()
        for number in 1...3 as ClosedRange<UInt64> { try talk.session.enqueue(.sample(number)) }
        _ = try talk.mustSay()
        talk.session.unsent()
        #expect(talk.session.inFlightCount == 0)
        talk.now = 1_000
        _ = try talk.mustSay()
        talk.session.unsent()
        #expect(talk.said().map(\.word) == ["ping", "commands"])
        #expect(talk.session.inFlightCount == 3)
    }

    @Test func `a goodbye that did not leave is said again`() throws {
        var talk = Talk.welcomed()
        talk.session.leave()
        _ = try talk.mustSay()
        talk.session.unsent()
        #expect(!talk.session.isOver)
        #expect(talk.said().map(\.word) == ["goodbye"])
    }

    @Test func `seats are told when they change, and by every hello`() {
        var talk = Talk.welcomed(node)
        talk.session.setSeats(4)
        #expect(talk.said().isEmpty)
        talk.session.setSeats(0)
        guard case .seats(let seats) = talk.next()?.body else {
            Issue.record("no seats")
            return
        }
        #expect(seats.seats == 0)
        talk.hear(.refusal(.unknownSession))
        guard case .hello(let hello) = talk.next()?.body else {
            Issue.record("no hello")
            return
        }
        #expect(hello.node.seats == 0)
        talk.hear(.welcome())
        #expect(talk.said().isEmpty)
    }

    @Test func `what was never sent can be taken back, what was sent cannot`() throws {
        var settings = SessionSettings()
        settings.window = 1
        var talk = Talk.welcomed(settings)
        for number in 1...3 as ClosedRange<UInt64> { try talk.session.enqueue(.sample(number)) }
        #expect(talk.commandsSaid() == [[1]])
        #expect(talk.session.withdraw { $0.id.low != 3 }.map(\.low) == [2])
        talk.hear(.answer(1))
        #expect(talk.commandsSaid() == [[3]])
    }

    @Test func `a welcome of nonsense is no trap`() {
        var talk = Talk(node)
        _ = talk.said()
        talk.hear(.with { $0.welcome = ProtoWelcome() })
        #expect(talk.session.isWelcomed)
        #expect(talk.said().count < 3)
        talk.hear(.with { $0.welcome = .with { ($0.heartbeatMs, $0.leaseMs) = (.max, .max) } })
        #expect(talk.said().count < 3)
    }

    @Test func `grants and revocations are passed on in order`() {
        var talk = Talk.welcomed(node)
        talk.hear(
            .with { $0.grant = .with { ($0.ticket.number, $0.token) = (5, 2) } },
            .with { $0.revoked = .with { ($0.ticket, $0.token, $0.reason) = (5, 2, "gone") } })
        #expect(talk.outcomes() == ["granted 5/2", "revoked 5/2: gone"])
    }
}
