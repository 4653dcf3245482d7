import SwiftProtobuf
package import Tickets

/// The version of the protocol that this code speaks.
package let wireVersion: UInt32 = 1

/// The largest envelope that is sent or taken, in bytes.
package let wireFrameBytesMax = 1_048_576

extension ProtoToBroker {
    /// Reads what a peer sent to the broker. Total: any bytes give an envelope or a refusal.
    package static func decode(_ bytes: UnsafeRawBufferPointer) -> Result<ProtoToBroker, Refusal> {
        var fields = 0
        return decode(bytes, fields: &fields)
    }

    /// The same, and sets how many fields were looked at.
    static func decode(
        _ bytes: UnsafeRawBufferPointer, fields: inout Int
    ) -> Result<ProtoToBroker, Refusal> {
        boundFields(bytes, .toBroker, &fields).flatMap { decodeEnvelope(bytes) { $0.version } }
    }
}

extension ProtoFromBroker {
    /// Reads what the broker sent. Total.
    ///
    /// Its fields are not counted first: whose key is the broker's may fill a frame as it likes.
    package static func decode(_ bytes: UnsafeRawBufferPointer) -> Result<ProtoFromBroker, Refusal> {
        decodeEnvelope(bytes) { $0.version }
    }
}

extension ProtoToCoordinator {
    /// Reads what a peer sent to the coordinator. Total.
    package static func decode(_ bytes: UnsafeRawBufferPointer) -> Result<ProtoToCoordinator, Refusal> {
        var fields = 0
        return boundFields(bytes, .toCoordinator, &fields).flatMap { decodeEnvelope(bytes) { $0.version } }
    }
}

/// Counts the fields of an envelope, and refuses it when they are more than anybody needs or cannot be counted.
private func boundFields(
    _ bytes: UnsafeRawBufferPointer, _ shape: FrameShape, _ fields: inout Int
) -> Result<Void, Refusal> {
    do {
        fields = try FrameShape.count(bytes, as: shape)
    } catch {
        let reason =
            "the frame is not an envelope of this protocol: it is cut short, or has something that is no field"
        return .failure(Refusal(.malformedFrame, reason))
    }
    guard fields <= FrameShape.fieldsMax else {
        let reason =
            "a frame has at most \(FrameShape.fieldsMax) fields, those of its commands and lists too; send several frames"
        return .failure(Refusal(.tooManyValues, reason))
    }
    return .success(())
}

private func decodeEnvelope<Envelope: SwiftProtobuf.Message>(
    _ bytes: UnsafeRawBufferPointer, version: (Envelope) -> UInt32
) -> Result<Envelope, Refusal> {
    let envelope: Envelope
    do {
        var options = BinaryDecodingOptions()
        // Unknown fields could carry a second command past those who read the frame later.
        options.discardUnknownFields = true
        options.messageDepthLimit = 16
        envelope = try Envelope(serializedBytes: Array(bytes), options: options)
    } catch BinaryDecodingError.invalidUTF8 {
        return .failure(Refusal(.notUTF8, "a text in the frame is not UTF-8; nothing of the frame was done"))
    } catch {
        return .failure(Refusal(.malformedFrame, "the frame is not an envelope of this protocol: \(error)"))
    }
    guard version(envelope) == wireVersion else {
        let reason =
            "protocol version \(version(envelope)) is not spoken here; this is version \(wireVersion)"
        return .failure(Refusal(.unsupportedVersion, reason))
    }
    return .success(envelope)
}

extension SwiftProtobuf.Message {
    /// The message as bytes.
    package func encoded() -> [UInt8] {
        do {
            return try serializedBytes()
        } catch {
            // Without required fields and `Any`, which the schema has not, encoding cannot fail.
            preconditionFailure("encoding \(Self.self): \(error)")
        }
    }
}

extension CommandID {
    /// Nil unless there are 16 bytes.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for (index, byte) in bytes.enumerated() {
            if index < 8 { high = high << 8 | UInt64(byte) } else { low = low << 8 | UInt64(byte) }
        }
        self.init(high: high, low: low)
    }

    /// Nil unless there are 16 bytes.
    init?(bigEndian bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 16 else { return nil }
        self.init(
            high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
            low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }

    /// The 16 bytes, most significant first.
    package var bytes: [UInt8] {
        [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) } }
    }
}
