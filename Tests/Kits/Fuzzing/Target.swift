import Broker
import Desk
import Keys
import Node
import ProtoBytes
import Storage
import SwiftProtobuf
import Tickets
import Wire

/// A place where bytes of somebody else become values. Each is total: any bytes give a value or an error.
package enum Target: String, CaseIterable, Sendable {
    case toBroker, fromBroker, toCoordinator, records, snapshot, trail, view, keyFile, authorized

    /// Reads the bytes, and what was read as far as its module goes. A trap ends the process.
    ///
    /// - Returns: How they were received, and what is wrong with that, nil when all is well.
    package func receive(_ bytes: [UInt8]) -> (Reception, complaint: String?) {
        switch self {
        case .toBroker: receiveByBroker(bytes)
        case .fromBroker: judge(bytes, bytes.withUnsafeBytes { ProtoFromBroker.decode($0) }, Self.isSound)
        case .toCoordinator:
            judge(bytes, bytes.withUnsafeBytes { ProtoToCoordinator.decode($0) }) { _ in true }
        case .records: attempt { try Self.readRecords(bytes) }
        case .snapshot: attempt { try Self.readSnapshot(bytes) }
        case .trail:
            attempt {
                try bytes.withUnsafeBytes { bytes in
                    _ = try Trail.positions(bytes)
                    _ = try Trail.blocks(bytes)
                }
                return nil
            }
        case .view: attempt { try Self.readView(bytes) }
        case .keyFile: attempt { try Self.readKeyFile(bytes) }
        case .authorized: attempt { try Self.readAuthorized(bytes) }
        }
    }

    /// Reads bytes as their receiver does, and no further. Those that are no frames are refused.
    func look(_ bytes: UnsafeRawBufferPointer) -> Reception {
        switch self {
        case .toBroker: Reception(FrameToBroker.decode(bytes))
        case .fromBroker:
            switch FrameFromBroker.decode(bytes) {
            case .success(let frame): frame.items.allSatisfy(Self.isWhole) ? .taken : .refused
            case .failure: .refused
            }
        case .toCoordinator: Reception(ProtoToCoordinator.decode(bytes))
        case .records, .snapshot, .trail, .view, .keyFile, .authorized: .refused
        }
    }

    /// A grant is kept as it came, and makes sense or not when somebody asks.
    private static func isWhole(_ item: FrameFromBroker.Item) -> Bool {
        guard case .grant(let grant) = item else { return true }
        return Assignment(grant) != nil
    }

    private func receiveByBroker(_ bytes: [UInt8]) -> (Reception, complaint: String?) {
        let (frame, proto) = bytes.withUnsafeBytes { (FrameToBroker.decode($0), ProtoToBroker.decode($0)) }
        switch (frame, proto) {
        case (.failure(let one), .failure(let other)):
            let expected: Set<ErrorCode> = [.malformedFrame, .unsupportedVersion, .notUTF8, .tooManyValues]
            return (.refused, one == other && expected.contains(one.code) ? nil : "refused: \(one), \(other)")
        case (.success(let frame), .success(let envelope)):
            // Two components must never read one frame in two ways.
            let meaning = Self.meaning(of: .other(envelope))
            guard Self.meaning(of: frame) == meaning else {
                return (.taken, "the plain way and the generated code read it in two ways")
            }
            let again = frame.encoded().withUnsafeBytes { FrameToBroker.decode($0) }
            guard case .success(let second) = again, Self.meaning(of: second) == meaning else {
                return (.taken, "what was read cannot be written and read again")
            }
            return (.taken, Self.complaint(about: envelope))
        case (.success, .failure(let refusal)), (.failure(let refusal), .success):
            return (.refused, "one of two ways to read it refuses it: \(refusal)")
        }
    }

    /// What a frame asks for, however it was written: its commands, or the bytes of anything else.
    private enum Meaning: Equatable {
        case commands([Result<Command, Refusal>])
        case other([UInt8])
    }

    private static func meaning(of frame: FrameToBroker) -> Meaning {
        switch frame {
        case .commands(let commands): return .commands(commands.map { .success($0) })
        case .other(let envelope):
            guard case .commands(let commands) = envelope.body else { return .other(envelope.encoded()) }
            return .commands(
                commands.commands.map { proto in Result { () throws(Refusal) in try Command(proto) } })
        }
    }

    private static func complaint(about envelope: ProtoToBroker) -> String? {
        switch envelope.body {
        case .commands(let commands):
            for proto in commands.commands {
                do {
                    let command = try Command(proto)
                    guard try Command(ProtoCommand(command)) == command else { return "a command changed" }
                } catch {
                    guard [.malformedFrame, .invalidName].contains(error.code) else { return "\(error)" }
                }
            }
        case .hello(let hello) where hello.hasNode:
            do {
                _ = try Hello(hello.node)
            } catch {
                guard error.code == .invalidName else { return "\(error)" }
            }
        default: break
        }
        return nil
    }

    private func judge<Envelope: Message>(
        _ bytes: [UInt8], _ result: Result<Envelope, Refusal>, _ isSound: (Envelope) -> Bool
    ) -> (Reception, complaint: String?) {
        switch result {
        case .failure(let refusal):
            let expected: Set<ErrorCode> = [.malformedFrame, .unsupportedVersion, .notUTF8, .tooManyValues]
            return (.refused, expected.contains(refusal.code) ? nil : "\(refusal)")
        case .success(let envelope):
            return (.taken, isSound(envelope) ? nil : "a value in it changed when it was written again")
        }
    }

    private static func isSound(_ envelope: ProtoFromBroker) -> Bool {
        envelope.items.allSatisfy { item in
            guard case .error(let error) = item.body else { return true }
            let refusal = Refusal(error)
            return Refusal(ProtoError(refusal)) == refusal
        }
    }

    private func attempt(_ body: () throws -> String?) -> (Reception, complaint: String?) {
        do {
            return (.taken, try body())
        } catch {
            let isExpected = error is StoreError || error is KeyError
            return (.refused, isExpected ? nil : "an error of another kind: \(error)")
        }
    }
}

extension Target {
    static let settings = DeskSettings(
        lines: [
            LineSettings(name: "line-one", next: "line-two", leaseMilliseconds: 30_000),
            LineSettings(name: "line-two", next: "line-three", leaseMilliseconds: 60_000),
            LineSettings(name: "line-three", leaseMilliseconds: 60_000),
        ],
        heartbeatMilliseconds: 5_000)

    private static func readRecords(_ bytes: [UInt8]) throws -> String? {
        let first = Position(UInt64.max - 3)
        let records = try RecordCoding.decode(bytes, first: first)
        let again = try RecordCoding.decode(RecordCoding.encode(records), first: first)
        return again == records ? nil : "records changed when they were written again"
    }

    private static func readSnapshot(_ bytes: [UInt8]) throws -> String? {
        let desk = try SnapshotCoding.decode(bytes, settings: settings)
        let again = try SnapshotCoding.decode(SnapshotCoding.encode(desk), settings: settings)
        return again.position == desk.position ? nil : "a desk changed when it was written again"
    }

    private static func readView(_ bytes: [UInt8]) throws -> String? {
        try bytes.withUnsafeBytes { bytes in
            var coding = ViewCoding()
            var state = TicketState(line: "line-one")
            var row = TicketRow()
            var entries: [UInt32: EntryRow] = [:]
            // Each by itself: what is no state may be a row.
            let readers: [() throws -> Void] = [
                { _ = try ViewCoding.outbox(bytes) }, { try coding.read(bytes, into: &state) },
                { try coding.read(bytes, into: &row) },
                { try coding.read(entriesOf: TicketNumber(1), in: bytes, into: &entries) },
                {
                    var figures = PackedFigures(count: 64, byteCount: bytes.count)
                    try figures.add(bytes)
                    _ = try figures.fold(upTo: .start, at: .zero).whole()
                },
            ]
            var failure: (any Error)?
            for read in readers {
                do {
                    try read()
                } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
            return nil
        }
    }

    private static func readKeyFile(_ bytes: [UInt8]) throws -> String? {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw KeyError.malformed(path: "fuzz", line: 0, what: "the file is not UTF-8")
        }
        let file = try KeyFile(text: text, path: "fuzz")
        return try KeyFile(text: file.text, path: "fuzz") == file ? nil : "a key changed"
    }

    private static func readAuthorized(_ bytes: [UInt8]) throws -> String? {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw KeyError.malformed(path: "fuzz", line: 0, what: "the file is not UTF-8")
        }
        let keys = try AuthorizedKeys(text: text, path: "fuzz")
        return try AuthorizedKeys(text: keys.text, path: "fuzz").keys == keys.keys ? nil : "a list changed"
    }
}
