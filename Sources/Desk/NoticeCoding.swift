import ProtoBytes
import Tickets

/// What the desk writes to customers by itself, in ``SettingsCoding``.
extension SettingsCoding {
    static func write(_ notice: DelayNotice, to writer: inout ProtoWriter) {
        let start = writer.begin(61)
        write(notice.texts, 1, to: &writer)
        for channel in notice.channels { writer.fieldAlways(2, channel.text) }
        for tag in notice.exceptTags { writer.fieldAlways(3, tag) }
        writer.end(start)
    }

    static func write(_ acknowledgement: Acknowledgement, to writer: inout ProtoWriter) {
        let start = writer.begin(65)
        write(acknowledgement.texts, 1, to: &writer)
        for channel in acknowledgement.channels { writer.fieldAlways(2, channel.text) }
        for tag in acknowledgement.exceptTags { writer.fieldAlways(3, tag) }
        write(acknowledgement.closedTexts, 4, to: &writer)
        write(acknowledgement.asks, 5, to: &writer)
        writer.end(start)
    }

    static func write(
        _ texts: [DelayNotice.Text], _ number: UInt32, to writer: inout ProtoWriter
    ) {
        for text in texts {
            let start = writer.begin(number)
            writer.field(1, UInt32(text.language?.rawValue ?? 0))
            writer.field(2, text.text)
            writer.end(start)
        }
    }

    static func acknowledgement(_ bytes: UnsafeRawBufferPointer) throws -> Acknowledgement {
        var reader = ProtoReader(bytes)
        var acknowledgement = Acknowledgement(texts: [], channels: [])
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .bytes): acknowledgement.texts.append(try text(try reader.slice()))
            case (2, .bytes): acknowledgement.channels.append(try reader.name("acknowledgement"))
            case (3, .bytes): acknowledgement.exceptTags.append(try reader.text())
            case (4, .bytes): acknowledgement.closedTexts.append(try text(try reader.slice()))
            case (5, .bytes): acknowledgement.asks.append(try text(try reader.slice()))
            default: try reader.skip(key)
            }
        }
        return acknowledgement
    }

    static func delayNotice(_ bytes: UnsafeRawBufferPointer) throws -> DelayNotice {
        var reader = ProtoReader(bytes)
        var notice = DelayNotice(texts: [], channels: [])
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .bytes): notice.texts.append(try text(try reader.slice()))
            case (2, .bytes): notice.channels.append(try reader.name("delay-notice"))
            case (3, .bytes): notice.exceptTags.append(try reader.text())
            default: try reader.skip(key)
            }
        }
        return notice
    }

    static func text(_ bytes: UnsafeRawBufferPointer) throws -> DelayNotice.Text {
        var reader = ProtoReader(bytes)
        var text = DelayNotice.Text(nil, "")
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint):
                let number = try reader.varint()
                if number == 0 { continue }
                guard let language = UInt8(exactly: number).flatMap(Language.init(rawValue:)) else {
                    throw SettingsFlaw("notice", "there is no language \(number)")
                }
                text.language = language
            case (2, .bytes): text.text = try reader.text()
            default: try reader.skip(key)
            }
        }
        return text
    }
}
