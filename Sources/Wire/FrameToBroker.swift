package import ProtoBytes
import SwiftProtobuf
package import Tickets

/// An envelope to the broker. The one of which there are tens of thousands a second is read and written in place;
/// the others are generated messages.
package enum FrameToBroker: Sendable {
    /// Commands that make sense, in order; at least one.
    case commands([Command])
    /// Everything else, and commands that do not make sense.
    case other(ProtoToBroker)

    /// Reads what a peer sent to the broker. Total: any bytes give a frame or a refusal.
    ///
    /// What is not written in the plain way (fields doubled, unknown, or with flaws) is read by the generated code,
    /// which has the last word; so both ways always agree.
    package static func decode(_ bytes: UnsafeRawBufferPointer) -> Result<FrameToBroker, Refusal> {
        if let commands = CommandReader.commands(inEnvelope: bytes) { return .success(.commands(commands)) }
        return ProtoToBroker.decode(bytes).map { .other($0) }
    }

    /// Adds the frame to what was written.
    package func encode(into writer: inout ProtoWriter) {
        switch self {
        case .commands(let commands):
            writer.field(1, wireVersion)
            let body = writer.begin(3)
            for command in commands { writer.write(command) }
            writer.end(body)
        case .other(let envelope):
            envelope.encoded().withUnsafeBytes { writer.append($0) }
        }
    }

    /// The frame as bytes.
    package func encoded() -> [UInt8] {
        var writer = ProtoWriter()
        encode(into: &writer)
        return writer.bytes
    }

    /// The frame as the schema has it.
    package var proto: ProtoToBroker {
        switch self {
        case .commands(let commands):
            .with { frame in
                frame.version = wireVersion
                frame.commands = .with { $0.commands = commands.map { ProtoCommand($0) } }
            }
        case .other(let envelope): envelope
        }
    }
}
