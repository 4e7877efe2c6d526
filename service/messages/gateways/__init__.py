"""Where messages leave the house: texts and paper, e-mail, WeChat; each by the operator's choice."""

from service.messages.gateways.letters import Letter
from service.messages.gateways.mails import MailGateway, mail_gateway
from service.messages.gateways.refusing import ChannelRefused, GatewayFailed
from service.messages.gateways.texts import (
    ConsoleGateway,
    DevelopmentGateway,
    FileGateway,
    Gateway,
    SinkGateway,
    gateway_for,
)
from service.messages.gateways.wechat import Card, WechatGateway, card_of, wechat_gateway

__all__ = [
    "Card",
    "ChannelRefused",
    "ConsoleGateway",
    "DevelopmentGateway",
    "FileGateway",
    "Gateway",
    "GatewayFailed",
    "Letter",
    "MailGateway",
    "SinkGateway",
    "WechatGateway",
    "card_of",
    "gateway_for",
    "mail_gateway",
    "wechat_gateway",
]
