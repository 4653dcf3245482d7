import Desk
import Figures
import ProtoBytes
import Storage
import SwiftProtobuf
import Tickets
import Wire

extension Corpus {
    /// Samples of each target that are made rather than kept, from a desk that has seen a little of everything.
    package static let builtIn: Corpus = {
        var corpus = Corpus()
        var random = FuzzRandom(seed: 7)
        for _ in 0..<40 { corpus.add(FrameGrammar().frame(&random).encoded(), for: .toBroker) }
        for frame in fromBroker { corpus.add(frame.encoded(), for: .fromBroker) }
        for frame in toCoordinator { corpus.add(frame.encoded(), for: .toCoordinator) }
        var core = CoreRun(seed: 7)
        for frame in 0..<400 as Range<UInt64> {
            core.run(frame)
            if !core.lastRecords.isEmpty, corpus.samples[.records, default: []].count < 60 {
                corpus.add(RecordCoding.encode(core.lastRecords), for: .records)
            }
        }
        do {
            corpus.add(try SnapshotCoding.encode(core.desk), for: .snapshot)
        } catch {
            preconditionFailure("a desk that was just made has a snapshot: \(error)")
        }
        corpus.add(trail, for: .trail)
        for view in views(of: core.desk) { corpus.add(view, for: .view) }
        for text in keyTexts { corpus.add(Array(text.utf8), for: .keyFile) }
        for text in listTexts { corpus.add(Array(text.utf8), for: .authorized) }
        return corpus
    }()

    private static let fromBroker: [ProtoFromBroker] = [
        .with { frame in
            frame.version = wireVersion
            frame.items = [
                .with {
                    $0.welcome = .with { ($0.incarnation, $0.heartbeatMs, $0.leaseMs) = (9, 5_000, 180_000) }
                },
                .with { $0.error = ProtoError(Refusal(.staleToken, "over", token: Token(2))) },
                .with { $0.revoked = .with { ($0.ticket, $0.token, $0.reason) = (7, 2, "over") } },
                .with { $0.pong = ProtoPong() },
                .with { item in
                    item.grant = .with {
                        $0.ticket = .with { ($0.number, $0.line, $0.tags) = (7, "line-two", ["vip"]) }
                        ($0.token, $0.leaseMs) = (2, 180_000)
                        $0.entries = [
                            .with { ($0.number, $0.kind, $0.author, $0.text) = (1, .note, "ada", "x") }
                        ]
                    }
                },
            ]
        },
        .with { frame in
            frame.version = wireVersion
            frame.items = [
                .with { item in
                    item.queryResult = .with { result in
                        (result.id, result.position) = (1, 9)
                        result.tickets = .with { $0.tickets = [.with { $0.number = 7 }] }
                    }
                }
            ]
        },
    ]

    private static let toCoordinator: [ProtoToCoordinator] = [
        .with { frame in
            frame.version = wireVersion
            frame.metrics = .with {
                ($0.source, $0.name, $0.incarnation, $0.sequence) = ("node", "berlin-1", 9, 3)
                $0.counters = [.with { ($0.name, $0.value) = ("grants", .max) }]
                $0.gauges = [.with { ($0.name, $0.value) = ("load", -0.5) }]
                $0.histograms = [.with { ($0.name, $0.valueUs, $0.count) = ("handle", [1, .max], [1, 2]) }]
            }
        },
        .with { frame in
            (frame.version, frame.query) = (wireVersion, .with { $0.figures = .with { $0.seconds = 60 } })
        },
    ]

    private static var trail: [UInt8] {
        var writer = ProtoWriter()
        Trail.write([1, 2, 70_000].map { Position($0) }, block: 3, to: &writer)
        Trail.write([Position(.max)], block: nil, to: &writer)
        return writer.bytes
    }

    private static func views(of desk: Desk) -> [[UInt8]] {
        var writer = ProtoWriter()
        var state = TicketState(line: "line-one")
        state.holder = Holder(node: "berlin-1", incarnation: 3, agent: "ada")
        (state.owner, state.frames, state.wakes) = ("ada", ["line-one"], Moment(milliseconds: -1))
        ViewCoding.write(state, to: &writer)
        var block = ProtoWriter()
        let submission = Submission(channel: "mail", customer: "c", subject: "s", body: "", tags: ["vip"])
        ViewCoding.write(TicketOrigin(submission), of: TicketNumber(1), to: &block)
        ViewCoding.write(state.course, of: TicketNumber(1), to: &block)
        return [writer.bytes, block.bytes]
    }

    /// The keys that libzmq's own manual shows.
    private static let keyTexts: [String] = {
        let secret = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"
        let text =
            "# A key\nrole: node\nname: berlin-1\npublic: Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID\nsecret: \(secret)\n"
        return [text, text + "broker: rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7\n"]
    }()

    private static let listTexts = [
        "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID node berlin-1 berlin-*\n",
        "# who\nYne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID admin root *\nrq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7 client web\r\n",
    ]
}
