import Desk
import ProtoBytes
import Tickets

/// A version of the desk's settings, in records and snapshots.
extension RecordCoding {
    static func write(_ configuration: Configuration, _ number: UInt32, to writer: inout ProtoWriter) {
        let start = writer.begin(number)
        writer.field(1, configuration.version)
        let settings = writer.begin(2)
        SettingsCoding.write(configuration.settings, to: &writer)
        writer.end(settings)
        writer.field(3, configuration.source)
        writer.field(4, configuration.reason)
        writer.end(start)
    }

    static func configuration(_ bytes: UnsafeRawBufferPointer) throws -> Configuration {
        var reader = ProtoReader(bytes)
        var (version, source, reason) = (UInt64(0), "", "")
        var settings: DeskSettings?
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): version = try reader.varint()
            case (2, .bytes):
                let bytes = try reader.slice()
                do {
                    settings = try SettingsCoding.decode(bytes)
                } catch is SettingsFlaw {
                    throw DecodingFlaw("settings")
                }
            case (3, .bytes): source = try reader.text()
            case (4, .bytes): reason = try reader.text()
            default: try reader.skip(key)
            }
        }
        guard let settings else { throw DecodingFlaw("settings") }
        return Configuration(version: version, settings: settings, source: source, reason: reason)
    }
}
