import SwiftProtobuf
import Tickets
import Wire

func decodeToBroker(_ bytes: [UInt8]) -> Result<ProtoToBroker, Refusal> {
    bytes.withUnsafeBytes { ProtoToBroker.decode($0) }
}

func decodeFromBroker(_ bytes: [UInt8]) -> Result<ProtoFromBroker, Refusal> {
    bytes.withUnsafeBytes { ProtoFromBroker.decode($0) }
}

func decodeToCoordinator(_ bytes: [UInt8]) -> Result<ProtoToCoordinator, Refusal> {
    bytes.withUnsafeBytes { ProtoToCoordinator.decode($0) }
}

/// Which of the three envelopes a frame is read as.
enum EnvelopeKind: CaseIterable {
    case toBroker
    case fromBroker
    case toCoordinator

    var corpus: [[UInt8]] {
        switch self {
        case .toBroker: ProtoToBroker.samples.map { $0.encoded() }
        case .fromBroker: ProtoFromBroker.samples.map { $0.encoded() }
        case .toCoordinator: ProtoToCoordinator.samples.map { $0.encoded() }
        }
    }

    /// Reads a frame as far as the module goes: the envelope, then every value in it. A trap ends the tests.
    ///
    /// - Returns: Nil when all is well, else what is wrong with how the frame was read.
    func read(_ bytes: [UInt8]) -> String? {
        switch self {
        case .toBroker:
            return judge(decodeToBroker(bytes), again: decodeToBroker) { envelope in
                guard case .commands(let commands)? = envelope.body else { return nil }
                return commands.commands.lazy.compactMap(Self.read).first
            }
        case .fromBroker:
            return judge(decodeFromBroker(bytes), again: decodeFromBroker) { envelope in
                envelope.items.lazy.compactMap(Self.read).first
            }
        case .toCoordinator:
            return judge(decodeToCoordinator(bytes), again: decodeToCoordinator) { _ in nil }
        }
    }

    private func judge<Envelope: Message>(
        _ result: Result<Envelope, Refusal>, again: ([UInt8]) -> Result<Envelope, Refusal>,
        _ look: (Envelope) -> String?
    ) -> String? {
        switch result {
        case .failure(let refusal):
            let expected: Set<ErrorCode> = [.malformedFrame, .unsupportedVersion, .notUTF8, .tooManyValues]
            return expected.contains(refusal.code) ? nil : "refused with \(refusal)"
        case .success(let envelope):
            // Compared as bytes, because a gauge may be NaN.
            let bytes = envelope.encoded()
            guard case .success(let second) = again(bytes), second.encoded() == bytes else {
                return "what was read cannot be written and read again"
            }
            return look(envelope)
        }
    }

    private static func read(_ proto: ProtoCommand) -> String? {
        do {
            let command = try Command(proto)
            return try Command(ProtoCommand(command)) == command ? nil : "a command changed: \(command)"
        } catch {
            return [.malformedFrame, .invalidName].contains(error.code) ? nil : "a command: \(error)"
        }
    }

    private static func read(_ item: ProtoItem) -> String? {
        switch item.body {
        case .answer(let answer):
            let value = Answer(answer)
            return Answer(ProtoAnswer(value, command: .sample)) == value ? nil : "an answer changed"
        case .error(let error):
            let refusal = Refusal(error)
            return Refusal(ProtoError(refusal)) == refusal ? nil : "a refusal changed: \(refusal)"
        default:
            return nil
        }
    }
}
