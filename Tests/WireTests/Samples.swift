import SwiftProtobuf
import Tickets
import Wire

import struct Foundation.Data

/// Repeatable randomness (SplitMix64), so that a failing case can be run again by its seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &self) }
    }
}

/// Texts that went wrong somewhere: empty, zero byte, CRLF, composed and decomposed, long, right to left.
let awkwardTexts = [
    "", " ", "a\0b", "one\r\ntwo\rthree\n", "caf\u{e9}", "cafe\u{301}", "=\u{301}1+1", "\"\u{301}",
    "\u{202e}drow",
    "👩‍👩‍👧‍👦", "Где мой заказ?", "\u{feff}bom", String(repeating: "x", count: 4_096),
]

extension CommandID {
    static let sample = CommandID(high: 0x0102_0304_0506_0708, low: 0x090a_0b0c_0d0e_0f10)
}

extension Action {
    /// One of every case with every optional part, and the edges of their numbers.
    static let samples: [Action] =
        [
            .submit(
                Submission(channel: "mail", customer: "a@example.org", subject: "Order", body: "Where is it?")
            ),
            .submit(
                Submission(
                    channel: "web", customer: "c", subject: "", body: "b", kind: "track_order",
                    priority: .urgent,
                    tags: ["vip", ""],
                    fields: [Field(name: "order", value: "7"), Field(name: "order", value: "8")])),
            .submit(
                Submission(channel: "web", customer: "", subject: "", body: "", kind: "", priority: .low)),
            .followUp(TicketNumber(1), body: "And?"),
            .claim(TicketNumber(.max), leaseMilliseconds: .max),
            .claim(TicketNumber(0), leaseMilliseconds: 0),
            .note(TicketNumber(2), Token(3), text: "called back"),
            .note(TicketNumber(2), nil, text: "from the side"),
            .reply(TicketNumber(3), Token(4), seen: 5, text: "It is on its way."),
            .reply(TicketNumber(.max), Token(.max), seen: .max, text: ""),
            .escalate(TicketNumber(4), Token(5), to: "line-two", note: "refund"),
            .escalate(TicketNumber(4), Token(5), to: nil, note: "refund"),
            .escalate(TicketNumber(4), Token(5), to: "line-two", note: "refund", budget: 14_400_000),
            .escalate(TicketNumber(4), Token(5), to: nil, note: "", budget: .max),
            .handBack(TicketNumber(5), Token(6), note: "granted"),
            .resolve(TicketNumber(6), Token(7), seen: 8, text: "Done."),
            .resolve(TicketNumber(6), Token(7), seen: 8, text: ""),
            .resolve(TicketNumber(6), Token(7), seen: 0, text: nil),
            .pend(
                TicketNumber(7), Token(8), onHold: false, until: Moment(milliseconds: 1_800_000_000_000),
                reason: ""),
            .pend(
                TicketNumber(7), Token(8), onHold: true, until: Moment(milliseconds: .min), reason: "supplier"
            ),
            .pend(TicketNumber(7), Token(8), onHold: true, until: .zero, reason: "r"),
            .pend(TicketNumber(7), Token(8), onHold: false, until: nil, reason: "r"),
            .release(TicketNumber(8), Token(9), reason: "lunch", failed: false),
            .release(TicketNumber(8), Token(9), reason: "crashed", failed: true),
            .decline(TicketNumber(9), Token(10), reason: "no French"),
            .configure(Reconfiguration(basis: 0, settings: [], source: "", reason: "")),
            .configure(Reconfiguration(basis: .max, settings: [0, 255], source: "lines: [ü]", reason: "r")),
            .submit(
                Submission(
                    channel: "web", customer: "c", subject: "s", body: "b",
                    origin: Origin(ticket: TicketNumber(.max), cause: .split))),
            .takeOver(TicketNumber(10), leaseMilliseconds: .max, reason: "urgent"),
            .takeOver(TicketNumber(10), leaseMilliseconds: 0, reason: ""),
            .merge(TicketNumber(11), nil, into: TicketNumber(12)),
            .merge(TicketNumber(11), Token(.max), into: TicketNumber(.max)),
            .improve(topic: "checkout", text: "It is there."), .improve(topic: "", text: ""),
        ] + amendments.map { .amend(TicketNumber(13), nil, $0) }
        + amendments.map { .amend(TicketNumber(.max), Token(9), $0) }

    private static let amendments: [Amendment] = [
        .kind(nil), .kind("broken"), .priority(.low), .priority(.urgent), .tag("vip", isOn: true),
        .tag("", isOn: false), .field(Field(name: "order", value: "")), .field(Field(name: "", value: "7")),
        .participant("warehouse", isOn: true), .participant("warehouse", isOn: false),
        .spam(true, reason: "ads"), .spam(false, reason: ""), .parent(nil), .parent(TicketNumber(.max)),
        .link(TicketNumber(7), isOn: true), .link(TicketNumber(7), isOn: false), .owner(nil, reason: "r"),
        .owner("ann", reason: ""), .draft(""), .draft("Dear customer"), .feedback(topic: "checkout"),
        .accepted,
    ]

    /// The case's place in ``Action``; a new case does not compile until it has one, and a sample.
    var caseIndex: Int {
        switch self {
        case .submit: 0
        case .followUp: 1
        case .claim: 2
        case .note: 3
        case .reply: 4
        case .escalate: 5
        case .handBack: 6
        case .resolve: 7
        case .pend: 8
        case .release: 9
        case .decline: 10
        case .amend: 11
        case .takeOver: 12
        case .merge: 13
        case .configure: 14
        case .improve: 15
        }
    }

    static let caseCount = 16

    static func random(using generator: inout SeededGenerator) -> Action {
        func text() -> String { awkwardTexts.randomElement(using: &generator) ?? "" }
        func maybe(_ text: String) -> String? { Bool.random(using: &generator) ? text : nil }
        func name() -> Name {
            ["line-two", "A", "a.b_c@d-e", "0"].randomElement(using: &generator) ?? "line-one"
        }
        let ticket = TicketNumber(UInt64.random(in: 0 ... .max, using: &generator))
        let token = Token(UInt64.random(in: 1 ... .max, using: &generator))
        let seen = UInt32.random(in: 0 ... .max, using: &generator)
        switch Int.random(in: 0..<caseCount, using: &generator) {
        case 0:
            return .submit(
                Submission(
                    channel: name(), customer: text(), subject: text(), body: text(), kind: maybe(text()),
                    priority: Priority.allCases.randomElement(using: &generator) ?? .normal,
                    tags: [text(), text()], fields: [Field(name: text(), value: text())]))
        case 1: return .followUp(ticket, body: text())
        case 2:
            return .claim(ticket, leaseMilliseconds: Int64.random(in: 0 ... .max, using: &generator))
        case 3: return .note(ticket, Bool.random(using: &generator) ? token : nil, text: text())
        case 4: return .reply(ticket, token, seen: seen, text: text())
        case 5: return .escalate(ticket, token, to: maybe("").map { _ in name() }, note: text())
        case 6: return .handBack(ticket, token, note: text())
        case 7: return .resolve(ticket, token, seen: seen, text: maybe(text()))
        case 8:
            let until = Moment(milliseconds: Int64.random(in: .min ... .max, using: &generator))
            return .pend(
                ticket, token, onHold: Bool.random(using: &generator),
                until: Bool.random(using: &generator) ? until : nil, reason: text())
        case 9:
            return .release(ticket, token, reason: text(), failed: Bool.random(using: &generator))
        case 10: return .decline(ticket, token, reason: text())
        case 11: return .amend(ticket, token, amendments.randomElement(using: &generator) ?? .draft(text()))
        case 12: return .takeOver(ticket, leaseMilliseconds: .max, reason: text())
        case 13: return .merge(ticket, nil, into: TicketNumber(UInt64(seen)))
        case 14: return .improve(topic: text(), text: text())
        default:
            return .configure(
                Reconfiguration(
                    basis: ticket.rawValue, settings: Array(text().utf8), source: text(), reason: text()))
        }
    }
}

extension ProtoToBroker {
    static func sample(_ body: OneOf_Body) -> ProtoToBroker {
        .with { ($0.version, $0.body) = (wireVersion, body) }
    }

    /// One of every body, of every command and of every question.
    static let samples: [ProtoToBroker] =
        [
            sample(.hello(.with { ($0.agent, $0.software) = ("ada", "tests 1.0") })),
            sample(.hello(.with { $0.node = .sample })),
            sample(.ping(.with { $0.held = [.sample(1, 2), .sample(.max, .max)] })),
            sample(.seats(.with { $0.seats = 8 })),
            sample(.goodbye(ProtoGoodbye())),
            sample(
                .commands(
                    .with { commands in
                        commands.commands = Action.samples.map {
                            ProtoCommand(Command(id: .sample, action: $0))
                        }
                    })),
        ]
        + Action.samples.map { action in
            sample(.commands(.with { $0.commands = [ProtoCommand(Command(id: .sample, action: action))] }))
        }
        + ProtoQuery.samples.map { sample(.query($0)) }
}

extension ProtoNodeHello {
    static let sample = ProtoNodeHello.with {
        ($0.name, $0.incarnation, $0.line, $0.seats) = ("berlin-1", 1_800_000_000_000_000, "line-one", 4)
        ($0.shift, $0.held) = ("night", [.sample(7, 1)])
    }
}

extension ProtoHeld {
    static func sample(_ ticket: UInt64, _ token: UInt64) -> ProtoHeld {
        .with { ($0.ticket, $0.token) = (ticket, token) }
    }
}

extension ProtoQuery {
    static let samples: [ProtoQuery] = [
        .with { ($0.id, $0.position, $0.ticket) = (1, 9, .with { $0.number = 7 }) },
        .with { query in
            query.id = 2
            query.tickets = .with { ($0.line, $0.status, $0.after, $0.limit) = ("line-one", "open", 7, 100) }
        },
        .with { ($0.id, $0.history) = (3, .with { ($0.number, $0.after) = (7, 2) }) },
        .with { ($0.id, $0.stats) = (4, .with { $0.nodes = true }) },
        .with { ($0.id, $0.nodes) = (5, ProtoNodesQuery()) },
        .with { ($0.id, $0.figures) = (6, .with { $0.seconds = 60 }) },
    ]
}

extension ProtoTicket {
    static let sample = ProtoTicket.with {
        ($0.number, $0.line, $0.status, $0.place) = (7, "line-two", "open", "claimed")
        ($0.priority, $0.channel, $0.customer, $0.subject) = (.high, "mail", "a@example.org", "Order")
        ($0.kind, $0.tags, $0.owner, $0.token) = ("complaint", ["vip"], "ada", 2)
        $0.fields = [.with { ($0.name, $0.value) = ("order", "7") }]
        ($0.frames, $0.lastMessage, $0.entries, $0.wakesMs) = (["line-one"], 1, 3, 1_800_000_000_000)
    }
}

extension ProtoEntry {
    static let sample = ProtoEntry.with {
        ($0.number, $0.kind, $0.author, $0.atMs, $0.text) = (
            2, .note, "ada", 1_800_000_000_000, "called back"
        )
    }
}

extension ProtoFromBroker {
    static func sample(_ items: ProtoItem.OneOf_Body...) -> ProtoFromBroker {
        .with { envelope in
            envelope.version = wireVersion
            envelope.items = items.map { body in .with { $0.body = body } }
        }
    }

    /// One of every item and of every result.
    static let samples: [ProtoFromBroker] =
        [
            sample(
                .welcome(
                    .with {
                        ($0.incarnation, $0.heartbeatMs, $0.leaseMs) = (9, 5_000, 180_000)
                        ($0.frameBytesMax, $0.textBytesMax) = (1_048_576, 262_144)
                    })),
            sample(
                .answer(
                    ProtoAnswer(
                        Answer(ticket: TicketNumber(7), token: Token(1), position: Position(9)),
                        command: .sample)),
                .pong(ProtoPong()),
                .error(ProtoError(Refusal(.staleToken, "over", token: Token(2)), command: .sample))),
            sample(
                .grant(
                    .with {
                        ($0.ticket, $0.token, $0.leaseMs, $0.entries) = (
                            .sample, 2, 180_000, [.sample, .sample]
                        )
                    })),
            sample(.revoked(.with { ($0.ticket, $0.token, $0.reason) = (7, 2, "over") })),
            ProtoFromBroker.with { $0.version = wireVersion },
        ]
        + results.map { result in
            sample(.queryResult(.with { ($0.id, $0.position, $0.result) = (1, 9, result) }))
        }

    private static let results: [ProtoQueryResult.OneOf_Result] = [
        .ticket(.with { ($0.ticket, $0.entries) = (.sample, [.sample]) }),
        .tickets(.with { ($0.tickets, $0.more) = ([.sample, .sample], true) }),
        .history(
            .with { result in
                result.events = [.with { ($0.revision, $0.role, $0.word) = (3, "node", "escalated") }]
            }),
        .stats(
            .with { result in
                result.lines = [.with { ($0.name, $0.waiting, $0.freeSeats) = ("line-one", 3, 4) }]
                result.totals = .with { ($0.submitted, $0.waiting, $0.closed) = (10, 3, 7) }
                result.tallies = [.sample]
            }),
        .nodes(
            .with { result in
                result.nodes = [
                    .with { ($0.name, $0.incarnation, $0.held) = ("berlin-1", 9, [.sample(7, 2)]) }
                ]
            }),
        .figures(.with { $0.json = "{}" }),
    ]
}

extension ProtoNodeTally {
    static let sample = ProtoNodeTally.with {
        ($0.node, $0.incarnation, $0.claims, $0.resolved) = ("berlin-1", 9, 5, 4)
    }
}

extension ProtoToCoordinator {
    static let samples: [ProtoToCoordinator] = [
        .with { envelope in
            envelope.version = wireVersion
            envelope.metrics = .with {
                ($0.source, $0.name, $0.incarnation, $0.sequence) = ("node", "berlin-1", 9, 3)
                $0.counters = [.with { ($0.name, $0.value) = ("grants", .max) }]
                $0.gauges = [.with { ($0.name, $0.value) = ("load", -0.5) }]
                $0.histograms = [
                    .with { ($0.name, $0.valueUs, $0.count) = ("handle", [1, 1_000, .max], [1, 2, 3]) }
                ]
                $0.tally = .sample
            }
        },
        .with { ($0.version, $0.query) = (wireVersion, ProtoQuery.samples[5]) },
    ]
}
