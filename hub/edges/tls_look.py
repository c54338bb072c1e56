"""Does a broker answer?  One TLS handshake, and nothing said."""

import asyncio
import ssl


async def answers(host: str, port: int, context: ssl.SSLContext, limit_s: float) -> bool:
    """True when somebody there shows a certificate that `context` accepts, within limit_s."""
    try:
        async with asyncio.timeout(limit_s):
            _, writer = await asyncio.open_connection(host, port, ssl=context)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True
