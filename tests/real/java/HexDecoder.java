import java.util.HexFormat;
import org.apache.kafka.tools.api.Decoder;

/** Lets DumpLogSegments print keys and values whose text would be ambiguous. */
public final class HexDecoder implements Decoder<String> {
  @Override
  public String fromBytes(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
