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
        var fields = 0
        return decode(bytes, fields: &fields)
    }

    /// The same, and sets how many fields of the frame were looked at one by one, whether or not it was read in the end.
    ///
    /// Stays 0 for what is read in place, which takes as long as its bytes and commands say.
    package static func decode(
        _ bytes: UnsafeRawBufferPointer, fields: inout Int
    ) -> Result<FrameToBroker, Refusal> {
        fields = 0
        if let commands = CommandReader.commands(inEnvelope: bytes) { return .success(.commands(commands)) }
        if let ping = PingReader.ping(inEnvelope: bytes) { return .success(.other(ping)) }
        return ProtoToBroker.decode(bytes, fields: &fields).map { .other($0) }
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
            if case .ping(let ping)? = envelope.body, envelope.unknownFields.data.isEmpty, ping.isPlain {
                return writer.write(ping, envelope.version)
            }
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

extension ProtoPing {
    /// Whether it holds nothing but what this version knows, so that it may be written in place.
    fileprivate var isPlain: Bool {
        unknownFields.data.isEmpty && held.allSatisfy { $0.unknownFields.data.isEmpty }
    }
}

extension ProtoWriter {
    /// Writes a frame with a ping, the frame that a desk at rest consists of, as the generated code does.
    fileprivate mutating func write(_ ping: ProtoPing, _ version: UInt32) {
        field(1, version)
        let body = begin(4)
        for held in ping.held {
            let start = begin(1)
            field(1, held.ticket)
            field(2, held.token)
            end(start)
        }
        end(body)
    }
}

/// Reads a ping straight from a frame: the frame that a desk at rest consists of.
enum PingReader {
    /// Nil for any other envelope, and for one that is not written in the plain way.
    static func ping(inEnvelope bytes: UnsafeRawBufferPointer) -> ProtoToBroker? {
        do {
            var envelope = PlainFields(bytes)
            guard let version = try envelope.next(), version.number == 1,
                try envelope.number(version) == UInt64(wireVersion)
            else { return nil }
            var body = PlainFields(try envelope.slice(of: 4), repeatedFrom: 1)
            try envelope.finish()
            var ping = ProtoPing()
            while let key = try body.next() {
                guard key.number == 1 else { return nil }
                ping.held.append(try held(try body.slice(key)))
            }
            return .with { ($0.version, $0.ping) = (wireVersion, ping) }
        } catch {
            return nil
        }
    }

    private static func held(_ bytes: UnsafeRawBufferPointer) throws(ProtoFlaw) -> ProtoHeld {
        var fields = PlainFields(bytes)
        var held = ProtoHeld()
        while let key = try fields.next() {
            switch key.number {
            case 1: held.ticket = try fields.number(key)
            case 2: held.token = try fields.number(key)
            default: throw .malformed
            }
        }
        return held
    }
}
